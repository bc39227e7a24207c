#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "web/HttpResponse.hpp"

namespace boxtest {

/// Instead of a CA file: the CAs that this host's system trusts.
constexpr auto systemAuthorities = "system";

/// The server, and how to reach it.
struct HttpOptions {
    std::string domain;                     ///< In the URL, the Host header, and the certificate.
    std::uint16_t httpsPort = 0;            ///< On 127.0.0.1 of this host.
    std::uint16_t httpPort = 0;             ///< On 127.0.0.1 of this host.
    std::filesystem::path caCertificate;    ///< PEM; the only trusted CA. Or systemAuthorities.
    const FailureLatch* failure = nullptr;  ///< Ends every request when declared. Must outlive the client.
    bool plain = false;                     ///< All requests use http://: for a server behind the TLS server.
};

/// Options of one request.
struct HttpRequest {
    std::vector<std::string> headers;  ///< "Name: value".
    bool followRedirects = false;      ///< At most ten redirects, within the domain's two ports.
    Deadline deadline = Deadline::in(std::chrono::minutes(2));
    /// Maximum size of the body in bytes, after decompression: a compromised guest may send without end.
    std::size_t bodyLimit = std::size_t{64} << 20;
};

/// Form fields, sent as application/x-www-form-urlencoded.
using Form = std::map<std::string, std::string>;

/// Sends requests to https://<domain>/ (and http://<domain>/) through ports forwarded to 127.0.0.1: URL, Host header and
/// certificate check use the domain. TLS is always verified, against the one CA. Cookies are kept between requests. Proxy
/// variables of the environment and ~/.netrc are ignored. One thread at a time.
///
/// All requests throw TransportError (refused, TLS, connection broken, body over the limit; the message contains libcurl's text),
/// TimeoutError, GuestError. A status of 4xx or 5xx is a value.
class HttpClient {
   public:
    explicit HttpClient(HttpOptions options);
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;
    ~HttpClient();

    /// `path` begins with '/' and may carry a query.
    HttpResponse get(const std::string& path, const HttpRequest& request = {});
    HttpResponse post(const std::string& path, const Form& form, const HttpRequest& request = {});
    /// Sends the body as application/json.
    HttpResponse post(const std::string& path, const nlohmann::json& body, const HttpRequest& request = {});
    /// Any method, any body; the caller sets the content type in the headers.
    HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                      const HttpRequest& request = {});

    /// Uses http:// instead of https://.
    HttpResponse getPlain(const std::string& path, const HttpRequest& request = {});

    /// Any method over http://, with a JSON body.
    HttpResponse sendPlain(const std::string& method, const std::string& path, const nlohmann::json& body,
                           const HttpRequest& request = {});

    /// The value of a stored cookie; empty if there is none.
    std::string cookie(const std::string& name) const;
    void forgetCookies();

    /// "https://<domain>" + path: for a Referer.
    std::string url(const std::string& path) const;

    /// Percent-encodes all but RFC 3986's unreserved characters.
    static std::string encode(std::string_view text);

   private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace boxtest
