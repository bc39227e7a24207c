#include "web/OdooClient.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Error.hpp"
#include "base/TextPattern.hpp"
#include "web/WebPath.hpp"

namespace boxtest {

namespace {

nlohmann::json parse(const HttpResponse& response, const std::string& what) {
    auto json = nlohmann::json::parse(response.body, nullptr, false);
    if (json.is_discarded()) throw TransportError(fmt::format("Odoo's answer to {} is no JSON: {}", what, response.describe()));
    return json;
}

/// Odoo puts the useful text of an error into error.data.message.
std::string errorOf(const nlohmann::json& answer) {
    const auto& error = answer.at("error");
    const auto message = error.value("message", std::string("an error without a message"));
    if (!error.contains("data") || !error["data"].is_object()) return message;
    return fmt::format("{}: {} ({})", message, error["data"].value("message", ""), error["data"].value("name", ""));
}

std::string escaped(const std::string& text) {
    std::string xml;
    for (const char c : text) {
        switch (c) {
            case '&': xml += "&amp;"; break;
            case '<': xml += "&lt;"; break;
            case '>': xml += "&gt;"; break;
            default: xml += c;
        }
    }
    return xml;
}

}  // namespace

OdooClient::OdooClient(HttpClient http, std::string path) : http_(std::move(http)), path_(std::move(path)) {}

std::string OdooClient::at(std::string_view path) const { return webPath(path_, path); }

HttpResponse OdooClient::loginPage(Deadline deadline) {
    return http_.get(at("/web/login"), {.headers = {}, .followRedirects = true, .deadline = deadline});
}

bool OdooClient::login(const std::string& user, const std::string& password, Deadline deadline) {
    const auto page = loginPage(deadline);
    static const TextPattern field(R"re(name="csrf_token"[^>]*value="([^"]+)")re");
    const auto token = field.caught(page.body);
    if (page.status != 200 || !token) throw TransportError("Odoo shows no login form: " + page.describe());
    const Form form{{"csrf_token", *token}, {"login", user}, {"password", password}, {"redirect", ""}};
    const auto answer = http_.post(at("/web/login"), form, {.headers = {}, .followRedirects = false, .deadline = deadline});
    // A successful login redirects; a failed one returns the form again.
    if (answer.status >= 300 && answer.status < 400) return true;
    if (answer.status == 200) return false;
    throw TransportError("Odoo's login failed: " + answer.describe());
}

nlohmann::json OdooClient::jsonRpc(const std::string& path, const nlohmann::json& parameters, Deadline deadline) {
    const nlohmann::json request{{"jsonrpc", "2.0"}, {"method", "call"}, {"params", parameters}, {"id", 1}};
    return parse(http_.post(at(path), request, {.headers = {}, .followRedirects = false, .deadline = deadline}), path);
}

nlohmann::json OdooClient::call(const std::string& model, const std::string& method, const nlohmann::json& arguments,
                                const nlohmann::json& keywords, Deadline deadline) {
    auto answer = jsonRpc("/web/dataset/call_kw",
                          {{"model", model}, {"method", method}, {"args", arguments}, {"kwargs", keywords}}, deadline);
    if (answer.contains("error")) throw TransportError(fmt::format("Odoo refuses {}.{}: {}", model, method, errorOf(answer)));
    return answer.value("result", nlohmann::json());
}

nlohmann::json OdooClient::service(const std::string& serviceName, const std::string& method, const nlohmann::json& arguments,
                                   Deadline deadline) {
    return jsonRpc("/jsonrpc", {{"service", serviceName}, {"method", method}, {"args", arguments}}, deadline);
}

HttpResponse OdooClient::xmlRpc(const std::string& serviceName, const std::string& method,
                                const std::vector<std::string>& parameters, Deadline deadline) {
    std::string body = fmt::format("<?xml version=\"1.0\"?><methodCall><methodName>{}</methodName><params>", escaped(method));
    for (const auto& parameter : parameters)
        body += fmt::format("<param><value><string>{}</string></value></param>", escaped(parameter));
    body += "</params></methodCall>";
    return http_.send("POST", at("/xmlrpc/2/" + serviceName), body,
                      {.headers = {"Content-Type: text/xml"}, .followRedirects = false, .deadline = deadline});
}

std::string OdooClient::faultCode(const HttpResponse& answer) {
    static const TextPattern code(R"(<fault>.*?<name>faultCode</name>\s*<value>\s*(?:<(?:int|i4|string)>)?([^<]*))");
    return code.caught(answer.body).value_or("");
}

}  // namespace boxtest
