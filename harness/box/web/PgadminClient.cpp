#include "web/PgadminClient.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/TextPattern.hpp"
#include "web/WebPath.hpp"

namespace boxtest {

namespace {

/// pgAdmin's pages contain csrfToken: "..." (login) and pgAdmin['csrf_token'] = '...' (utils.js).
std::string csrfTokenOf(const HttpResponse& page, std::string_view what) {
    static const TextPattern pattern(R"re(csrf_?token["'\]]*\s*[:=]\s*["']([^"']+)["'])re", TextPattern::Case::isIgnored);
    auto token = pattern.caught(page.body);
    if (page.status != 200 || !token) throw TransportError(fmt::format("pgAdmin shows no {}: {}", what, page.describe()));
    return *std::move(token);
}

}  // namespace

PgadminClient::PgadminClient(HttpClient http, std::string path) : http_(std::move(http)), path_(std::move(path)) {}

std::string PgadminClient::at(std::string_view path) const { return webPath(path_, path); }

HttpRequest PgadminClient::ajax(Deadline deadline) const {
    return {.headers = {"X-pgA-CSRFToken: " + csrf_, "Referer: " + http_.url(at("/browser/"))},
            .followRedirects = false,
            .deadline = deadline};
}

nlohmann::json PgadminClient::json(const HttpResponse& response, std::string_view what) const {
    auto json = nlohmann::json::parse(response.body, nullptr, false);
    if (response.status != 200 || !json.is_object() || json.value("success", nlohmann::json(1)) != 1)
        throw TransportError(fmt::format("pgAdmin refuses {}: {}", what, response.describe()));
    return json;
}

HttpResponse PgadminClient::loginPage(Deadline deadline) {
    return http_.get(at("/login"), {.headers = {}, .followRedirects = true, .deadline = deadline});
}

bool PgadminClient::login(const std::string& email, const std::string& password, Deadline deadline) {
    const auto token = csrfTokenOf(loginPage(deadline), "login form");
    const Form form{
        {"email", email}, {"password", password}, {"csrf_token", token}, {"internal_button", "Login"}, {"language", "en"}};
    const auto answer =
        http_.post(at("/authenticate/login"), form,
                   {.headers = {"Referer: " + http_.url(at("/login"))}, .followRedirects = false, .deadline = deadline});
    if (answer.status != 302) throw TransportError("pgAdmin's login failed: " + answer.describe());
    // A successful login redirects to the browser, a failed one to the form.
    if (answer.header("location").value_or("").find("/browser") == std::string::npos) return false;
    csrf_ = csrfTokenOf(http_.get(at("/browser/js/utils.js"), {.headers = {}, .followRedirects = false, .deadline = deadline}),
                        "token");
    return true;
}

std::vector<PgadminNode> PgadminClient::nodes(const std::string& path, Deadline deadline) {
    const auto answer = json(http_.get(path, ajax(deadline)), "the nodes of " + path);
    // Servers are in "result", groups and databases in "data"; an id is a number or a string of digits.
    const auto& list = answer.at(answer.value("data", nlohmann::json()).is_array() ? "data" : "result");
    std::vector<PgadminNode> found;
    for (const auto& node : list) {
        const auto& id = node.at("_id");
        found.push_back({id.is_string() ? std::stoi(id.get<std::string>()) : id.get<int>(), node.value("label", ""), node});
    }
    return found;
}

std::vector<PgadminNode> PgadminClient::servers(int group, Deadline deadline) {
    return nodes(at(fmt::format("/browser/server/nodes/{}/", group)), deadline);
}

HttpResponse PgadminClient::connectServer(int server, int group, Deadline deadline) {
    return http_.post(at(fmt::format("/browser/server/connect/{}/{}", group, server)), nlohmann::json::object(), ajax(deadline));
}

std::vector<PgadminNode> PgadminClient::databases(int server, int group, Deadline deadline) {
    return nodes(at(fmt::format("/browser/database/nodes/{}/{}/", group, server)), deadline);
}

PgadminAnswer PgadminClient::query(int server, const PgadminNode& database, const std::string& sql, Deadline deadline,
                                   int group) {
    const int transaction = nextTransaction_++;
    const nlohmann::json user{{"user", nullptr}, {"role", nullptr}, {"dbname", database.label}};
    const auto initialise = fmt::format("/sqleditor/initialize/sqleditor/{}/{}/{}/{}", transaction, group, server, database.id);
    json(http_.post(at(initialise), user, ajax(deadline)), "a query tool");

    const nlohmann::json statement{{"sql", sql}, {"explain_plan", nullptr}};
    const auto started =
        json(http_.post(at(fmt::format("/sqleditor/query_tool/start/{}", transaction)), statement, ajax(deadline)), "a query");
    const auto begun = started.value("data", nlohmann::json::object());
    if (begun.contains("status") && begun["status"] == false)
        return {"Error",
                begun.contains("result") && begun["result"].is_string() ? begun["result"].get<std::string>() : begun.dump(),
                {}};

    for (;;) {
        const auto response = http_.get(at(fmt::format("/sqleditor/poll/{}", transaction)), ajax(deadline));
        // A refused statement returns status 500 with PostgreSQL's text ("... SQL state: 42501 ...").
        const auto failed = nlohmann::json::parse(response.body, nullptr, false);
        if (response.status == 500 && failed.is_object() && failed.value("success", 1) == 0)
            return {"Error", failed.value("errormsg", ""), {}};
        const auto polled = json(response, "a query's result");
        const auto data = polled.value("data", nlohmann::json::object());
        const auto status =
            data.contains("status") && data["status"].is_string() ? data["status"].get<std::string>() : data.dump();
        if (status != "Busy") {
            const auto result = data.value("result", nlohmann::json());
            if (result.is_string()) return {status, result.get<std::string>(), {}};
            return {status, "", result};
        }
        if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for pgAdmin's query '{}'", sql));
        pauseBetweenTries(std::chrono::milliseconds(100), deadline);
    }
}

}  // namespace boxtest
