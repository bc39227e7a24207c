#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "web/HttpClient.hpp"

namespace boxtest {

/// Uses the interfaces of Odoo's own pages and clients: the login form, JSON-RPC (/web/dataset, /jsonrpc) and XML-RPC
/// (/xmlrpc/2). Independent of the version: everything it uses is identical in Odoo 14 and 19.
class OdooClient {
   public:
    /// `path` is the application's path (manifest web.odoo.path), usually "/".
    explicit OdooClient(HttpClient http, std::string path = "/");

    HttpResponse loginPage(Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    /// Logs in through the form. Returns false when Odoo refuses. Throws TransportError when there is no login form.
    bool login(const std::string& user, const std::string& password, Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    /// JSON-RPC on any path as the logged-in user; returns the whole answer, with "result" or "error".
    nlohmann::json jsonRpc(const std::string& path, const nlohmann::json& parameters,
                           Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// Calls a model's method as the logged-in user (/web/dataset/call_kw) and returns its result. Throws TransportError with
    /// Odoo's message.
    nlohmann::json call(const std::string& model, const std::string& method,
                        const nlohmann::json& arguments = nlohmann::json::array(),
                        const nlohmann::json& keywords = nlohmann::json::object(),
                        Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// The documented external interface, JSON flavour (/jsonrpc): service "common", "object" or "db".
    nlohmann::json service(const std::string& serviceName, const std::string& method, const nlohmann::json& arguments,
                           Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// XML-RPC on /xmlrpc/2/<service> with string parameters; returns the raw answer (a <fault> contains a faultCode).
    HttpResponse xmlRpc(const std::string& serviceName, const std::string& method, const std::vector<std::string>& parameters,
                        Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// The faultCode of an XML-RPC answer, as text; empty if the answer is not a fault.
    static std::string faultCode(const HttpResponse& answer);

    HttpClient& http() { return http_; }

   private:
    std::string at(std::string_view path) const;
    HttpClient http_;
    std::string path_;
};

}  // namespace boxtest
