#include "db/Endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace boxtest {

namespace {

constexpr std::string_view socketPrefix = ".s.PGSQL.";

}  // namespace

LocalUnix Endpoint::localSocket() { return {.name = fmt::format("{}{}", socketPrefix, Endpoint().port)}; }

Endpoint Endpoint::of(const Tunnel& tunnel) {
    if (!tunnel.isUnix()) return {"127.0.0.1", tunnel.port()};
    const auto name = tunnel.socket().filename().string();
    Endpoint endpoint{tunnel.folder().string(), 0};
    const char* const end = name.data() + name.size();
    const char* const digits = name.data() + std::min(socketPrefix.size(), name.size());
    const auto parsed = std::from_chars(digits, end, endpoint.port);
    if (!name.starts_with(socketPrefix) || parsed.ec != std::errc() || parsed.ptr != end)
        throw UsageError(fmt::format("libpq finds sockets named '.s.PGSQL.<port>' only, not '{}'", name));
    return endpoint;
}

}  // namespace boxtest
