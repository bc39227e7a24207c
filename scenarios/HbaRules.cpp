#include "HbaRules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace boxtest {

std::string HbaRule::text() const {
    return fmt::format("local {} {} {}", fmt::join(databases, ","), fmt::join(users, ","), method);
}

HbaRules HbaRules::read(Database& database) {
    const auto json = [&](const std::string& sql) {
        return nlohmann::json::parse(database.execute(sql)[0][0].as<std::string>());
    };
    return parse(
        json("SELECT coalesce(json_agg(r ORDER BY line_number), '[]')::text FROM (SELECT line_number, database, user_name, "
             "auth_method FROM pg_hba_file_rules WHERE type = 'local' AND error IS NULL) r"),
        json("WITH RECURSIVE m(granted, member) AS (SELECT roleid, member FROM pg_auth_members UNION SELECT m.granted, "
             "a.member FROM m JOIN pg_auth_members a ON a.roleid = m.member) SELECT "
             "coalesce(json_agg(json_build_array(g.rolname, r.rolname)), '[]')::text FROM m JOIN pg_roles g ON g.oid = "
             "m.granted JOIN pg_roles r ON r.oid = m.member"));
}

HbaRules HbaRules::parse(const nlohmann::json& rules, const nlohmann::json& members) {
    HbaRules all;
    for (const auto& row : rules) {
        all.rules_.push_back({.number = static_cast<int>(all.rules_.size()) + 1,
                              .databases = row.at("database").get<std::vector<std::string>>(),
                              .users = row.at("user_name").get<std::vector<std::string>>(),
                              .method = row.at("auth_method").get<std::string>()});
    }
    for (const auto& pair : members) all.members_.emplace(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
    return all;
}

HbaRules::Fit HbaRules::fitsDatabase(const HbaRule& rule, const std::string& role, const std::string& database,
                                     bool replication) {
    auto fit = Fit::no;
    for (const auto& name : rule.databases) {
        // "all" are all databases, and replication is none of them.
        if (replication ? name == "replication" : name == "all" || name == database || (name == "sameuser" && role == database))
            return Fit::yes;
        if (!replication && (name.starts_with('/') || name == "samerole" || name == "samegroup")) fit = Fit::unknown;
    }
    return fit;
}

HbaRules::Fit HbaRules::fitsRole(const HbaRule& rule, const std::string& role) const {
    auto fit = Fit::no;
    for (const auto& name : rule.users) {
        if (name == "all" || name == role) return Fit::yes;
        if (name.starts_with('+') && (name.substr(1) == role || members_.contains({name.substr(1), role}))) return Fit::yes;
        if (name.starts_with('/')) fit = Fit::unknown;
    }
    return fit;
}

std::optional<int> HbaRules::deciding(const std::string& role, const std::string& database, bool replication) const {
    for (const auto& rule : rules_) {
        const auto byDatabase = fitsDatabase(rule, role, database, replication);
        const auto byRole = fitsRole(rule, role);
        if (byDatabase == Fit::no || byRole == Fit::no) continue;
        if (byDatabase == Fit::unknown || byRole == Fit::unknown) return std::nullopt;
        return rule.number;
    }
    return std::nullopt;
}

}  // namespace boxtest
