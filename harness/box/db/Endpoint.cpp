#include "db/Endpoint.hpp"

#include <fmt/format.h>

#include <charconv>

namespace boxtest {

Endpoint Endpoint::of(const Tunnel& tunnel) {
    if (!tunnel.isUnix()) return {"127.0.0.1", tunnel.port()};
    const auto name = tunnel.socket().filename().string();
    constexpr std::string_view prefix = ".s.PGSQL.";
    Endpoint endpoint{tunnel.folder().string(), 0};
    const char* const end = name.data() + name.size();
    const char* const digits = name.data() + std::min(prefix.size(), name.size());
    const auto parsed = std::from_chars(digits, end, endpoint.port);
    if (!name.starts_with(prefix) || parsed.ec != std::errc() || parsed.ptr != end)
        throw UsageError(fmt::format("libpq finds sockets named '.s.PGSQL.<port>' only, not '{}'", name));
    return endpoint;
}

}  // namespace boxtest
