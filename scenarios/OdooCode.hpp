#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "db/Database.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// The inventory of what can make PostgreSQL run Odoo's code in Odoo's database for somebody else, as sorted lines:
///   kind | object | what
/// privileges/odoo-code.sql is the query, expected/odoo-code.txt what a fresh Odoo makes itself.
class OdooCode {
   public:
    /// Reads it as a superuser in Odoo's database. It uses the catalogue only, so that it runs nothing of Odoo's. Throws as
    /// Database does.
    static std::vector<std::string> read(Database& admin);
    /// Of these, what a fresh Odoo has not.
    static std::vector<std::string> beyondExpected(const std::vector<std::string>& lines);
    /// For a finding: what an admin does about it.
    static std::string advice(const Manifest::Names& names);
};

}  // namespace boxtest
