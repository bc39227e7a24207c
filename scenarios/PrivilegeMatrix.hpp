#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "db/Database.hpp"
#include "guest/Manifest.hpp"

namespace boxtest {

/// Everything that decides who may do what in a PostgreSQL cluster, as sorted lines:
///   where | kind | object | role | what
/// where is "cluster" or a database. Only what differs from a cluster fresh from initdb is there (privileges against
/// pg_init_privs), so that a line is a decision of the Odoo Box, or a drift. The queries are scenarios/privileges/*.sql.
///
/// Names that the manifest gives are placeholders, "{odoo}" for the role, "{odooDatabase}" for the database, put in by the
/// queries themselves, which know a role from a database of the same name; a brace in any other name is doubled. So one expected
/// text holds whatever the names are.
class PrivilegeMatrix {
   public:
    using Connect = std::function<Database(const std::string& database)>;

    /// Reads it as a superuser, changing nothing, from every database that takes connections. Throws as Database does.
    static PrivilegeMatrix read(const Connect& connect, const Manifest::Names& names);
    /// Empty lines and those that begin with # are left out.
    static PrivilegeMatrix parse(std::string_view text);
    /// What the repository expects of a major version: scenarios/expected/privileges-MAJOR.txt. Throws UsageError, telling how to
    /// make that file, when there is none.
    static PrivilegeMatrix expected(int major);

    std::string text() const;
    std::size_t size() const { return lines_.size(); }

    /// Only the lines that concern a claim about these roles (placeholders, without braces). A line that names another of the
    /// three applications' or handymen's roles, and none of these, is the other's concern; every line is somebody's.
    PrivilegeMatrix concerning(const std::vector<std::string>& roles) const;

    /// What this one lacks ("- LINE") and has too much ("+ LINE"), sorted, placeholders replaced by names. Empty when equal.
    std::vector<std::string> differencesTo(const PrivilegeMatrix& expected, const Manifest::Names& names) const;

    /// The whole matrix against the expected one, for people: each line with "  " before it, "- " (expected, and missing) or "+ "
    /// (there, and not expected), sorted, placeholders replaced by names.
    std::string diffTo(const PrivilegeMatrix& expected, const Manifest::Names& names) const;

   private:
    std::vector<std::string> lines_;  ///< Sorted.
};

}  // namespace boxtest
