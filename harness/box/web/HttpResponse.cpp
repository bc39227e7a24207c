#include "web/HttpResponse.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace boxtest {

std::optional<std::string> HttpResponse::header(std::string name) const {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto found = headers.find(name);
    return found == headers.end() ? std::nullopt : std::optional(found->second);
}

std::string HttpResponse::describe() const {
    constexpr std::size_t shown = 1000;
    const auto location = header("location");
    return fmt::format("HTTP status {} from {}{}; body: '{}'{}", status, url, location ? ", to " + *location : "",
                       body.substr(0, shown), body.size() > shown ? fmt::format(" and {} bytes more", body.size() - shown) : "");
}

}  // namespace boxtest
