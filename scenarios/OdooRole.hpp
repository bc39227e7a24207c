#pragma once

#include <gtest/gtest.h>

#include <string>

#include "RoleScenario.hpp"

namespace boxtest {

/// Odoo's own database role: what it may do, and what it could put in others' way in the database that it owns.
class OdooRole : public RoleScenario {
   protected:
    void SetUp() override { ASSERT_TRUE(postgresqlLives()); }

    static std::string odoo() { return quoteName(names().odoo); }

    /// The admin, by sudo, as an OS user who runs psql in Odoo's database: the documented session when it is the superuser.
    /// Statements that fail do not end it.
    static CommandResult psqlAs(const std::string& osUser, const std::string& sql);

    /// roles.sql, as the guest's set-up and a restore run it; it must work.
    static testing::AssertionResult rolesSqlApplied();
};

}  // namespace boxtest
