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

/// In the place of an authority's file: those that this host's system trusts.
constexpr auto systemAuthorities = "system";

/// Whom to talk to, and how to reach it.
struct HttpOptions {
    std::string domain;                     ///< In the URL, the Host header, and the certificate.
    std::uint16_t httpsPort = 0;            ///< On 127.0.0.1 of this host.
    std::uint16_t httpPort = 0;             ///< On 127.0.0.1 of this host.
    std::filesystem::path caCertificate;    ///< PEM; the only authority that is trusted. Or systemAuthorities.
    const FailureLatch* failure = nullptr;  ///< Ends every request when declared. Must outlive the client.
    bool plain = false;                     ///< All requests are http://: for a server behind the one that speaks TLS.
};

/// One request's particulars.
struct HttpRequest {
    std::vector<std::string> headers;  ///< "Name: value".
    bool followRedirects = false;      ///< At most ten, within the domain's two ports.
    Deadline deadline = Deadline::in(std::chrono::minutes(2));
    /// Bytes of the body, unpacked: a guest that was broken into may send without end.
    std::size_t bodyLimit = std::size_t{64} << 20;
};

/// Fields of a form, sent as application/x-www-form-urlencoded.
using Form = std::map<std::string, std::string>;

/// Talks to https://<domain>/ (and http://<domain>/) through ports forwarded to 127.0.0.1: URL, Host header and certificate
/// check are those of the domain. TLS is always checked, against the one CA. Cookies are kept from request to request.
/// Nothing is taken from the environment (proxies) or ~/.netrc. One thread at a time.
///
/// All requests throw TransportError (refused, TLS, broken off, larger than the limit; the message has libcurl's words),
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
    /// Sent as application/json.
    HttpResponse post(const std::string& path, const nlohmann::json& body, const HttpRequest& request = {});
    /// Any method, any body; the content type is the caller's header.
    HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                      const HttpRequest& request = {});

    /// Over http:// instead of https://.
    HttpResponse getPlain(const std::string& path, const HttpRequest& request = {});

    /// Any method over http://, with a JSON body.
    HttpResponse sendPlain(const std::string& method, const std::string& path, const nlohmann::json& body,
                           const HttpRequest& request = {});

    /// The value of a cookie that was kept; empty when there is none.
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
