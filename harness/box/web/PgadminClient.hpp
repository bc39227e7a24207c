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
    nlohmann::json data;  ///< All attributes that pgAdmin returned for it.
};

/// Result of a query in pgAdmin's query tool.
struct PgadminAnswer {
    std::string status;   ///< pgAdmin's status text: "Success", "Error", ...
    std::string message;  ///< The server's error text if the query was refused.
    nlohmann::json rows;  ///< Array of arrays.
    bool succeeded() const { return status == "Success"; }
};

/// Uses the interfaces of pgAdmin 4's own pages (tested with 9.18): login, the tree, the query tool.
class PgadminClient {
   public:
    /// `path` is the application's path (manifest web.pgadmin.path): "/pgadmin".
    explicit PgadminClient(HttpClient http, std::string path);

    HttpResponse loginPage(Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    /// Logs in through the form. Returns false when pgAdmin refuses. Throws TransportError when there is no login form.
    bool login(const std::string& email, const std::string& password, Deadline deadline = Deadline::in(std::chrono::minutes(3)));

    std::vector<PgadminNode> servers(int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));
    /// Returns pgAdmin's answer unchanged: 200, or 428 when pgAdmin asks for a password.
    HttpResponse connectServer(int server, int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));
    std::vector<PgadminNode> databases(int server, int group = 1, Deadline deadline = Deadline::in(std::chrono::minutes(2)));

    /// Runs SQL on a connected server, in a new query tool.
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
