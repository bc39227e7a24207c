#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace boxtest {

/// An HTTP response, whatever its status.
struct HttpResponse {
    long status = 0;
    std::multimap<std::string, std::string> headers;  ///< Names in lower case; of the last response if redirects were followed.
    std::string body;
    std::string url;  ///< Of the last request, without the forwarded port.
    /// PEM, the server's own certificate first, in the order sent, if this request opened a TLS connection; else empty.
    std::vector<std::string> certificates = {};

    /// The first header with this name (case-insensitive).
    std::optional<std::string> header(std::string name) const;
    /// For a failure's message: status, URL, where it redirects to, and the beginning of the body.
    std::string describe() const;
};

}  // namespace boxtest
