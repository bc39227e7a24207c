#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "web/HttpClient.hpp"

namespace boxtest {

/// A node of pgAdmin's tree: a server or a database.
struct PgadminNode {
    int id = 0;
    std::string label;
    nlohmann::json data;  ///< Everything pgAdmin told of it.
};

/// What pgAdmin's query tool answered.
struct PgadminAnswer {
    std::string status;   ///< pgAdmin's word: "Success", "Error", ...
    std::string message;  ///< The server's error text when it was refused.
    nlohmann::json rows;  ///< Array of arrays.
    bool succeeded() const { return status == "Success"; }
};

/// Speaks to pgAdmin 4 as its own pages do (tried with 9.18): login, the tree, the query tool.
class PgadminClient {
   public:
    /// `path` is the application's (manifest web.pgadmin.path): "/pgadmin".
    explicit PgadminClient(HttpClient http, std::string path);

    HttpResponse loginPage(Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    /// Logs in by the form. False when pgAdmin says no. Throws TransportError when there is no login form.
    bool login(const std::string& email, const std::string& password, Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    std::vector<PgadminNode> servers(int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));
    /// The answer as it is: 200, or 428 when pgAdmin asks for a password.
    HttpResponse connectServer(int server, int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));
    std::vector<PgadminNode> databases(int server, int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// Runs SQL in a query tool of its own on a connected server.
    PgadminAnswer query(int server, const PgadminNode& database, const std::string& sql,
                        Deadline deadline = Deadline::in(std::chrono::minutes(2)), int group = 1);

    HttpClient& http() { return http_; }

   private:
    std::string at(std::string_view path) const;
    HttpRequest ajax(Deadline deadline) const;
    nlohmann::json json(const HttpResponse& response, std::string_view what) const;
    std::vector<PgadminNode> nodes(const std::string& path, Deadline deadline);
    HttpClient http_;
    std::string path_;
    std::string csrf_;
    int nextTransaction_ = 1000001;
};

}  // namespace boxtest
