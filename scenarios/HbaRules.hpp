#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "db/Database.hpp"

namespace boxtest {

/// One rule of pg_hba.conf for connections over the Unix socket.
struct HbaRule {
    int number = 0;  ///< Of the rules for the socket, from 1 on.
    std::vector<std::string> databases;
    std::vector<std::string> users;  ///< Roles; "+group" stands for its members.
    std::string method;

    /// "local all postgres peer"
    std::string text() const;
};

/// The rules for the Unix socket, in their order, of which the first that fits decides. For pictures, not for verdicts: it says
/// nothing where it is not sure.
class HbaRules {
   public:
    HbaRules() = default;
    /// As a superuser, over any connection. Throws as Database::execute().
    static HbaRules read(Database& database);
    /// `rules`: the rows of pg_hba_file_rules, `members`: pairs [group, member], members of members included.
    static HbaRules parse(const nlohmann::json& rules, const nlohmann::json& members);

    const std::vector<HbaRule>& all() const { return rules_; }

    /// The number of the rule that decides about a connection; nothing when none fits, or when an earlier one might that is
    /// written in a way that is not known here (a regular expression, samerole).
    std::optional<int> deciding(const std::string& role, const std::string& database, bool replication) const;

   private:
    enum class Fit { yes, no, unknown };
    static Fit fitsDatabase(const HbaRule& rule, const std::string& role, const std::string& database, bool replication);
    Fit fitsRole(const HbaRule& rule, const std::string& role) const;

    std::vector<HbaRule> rules_;
    std::set<std::pair<std::string, std::string>> members_;
};

}  // namespace boxtest
