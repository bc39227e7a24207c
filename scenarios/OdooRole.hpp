#pragma once

#include <gtest/gtest.h>

#include <string>

#include "RoleScenario.hpp"

namespace boxtest {

/// Odoo's own database role: its privileges, and the objects with which it could trap other roles in the database that it owns.
class OdooRole : public RoleScenario {
   protected:
    void SetUp() override { ASSERT_TRUE(postgresqlLives()); }

    static std::string odoo() { return quoteName(names().odoo); }

    /// Runs psql in Odoo's database as an OS user, through the admin's sudo; for the superuser this is the documented session.
    /// Statements that fail do not end it.
    static CommandResult psqlAs(const std::string& osUser, const std::string& sql);

    /// Applies roles.sql as the guest's set-up and a restore do; it must succeed.
    static testing::AssertionResult rolesSqlApplied();
};

}  // namespace boxtest
