#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "PrivilegeMatrix.hpp"
#include "Scenario.hpp"

namespace boxtest {

/// What scenarios about a role's rights have in common.
class RoleScenario : public Scenario {
   protected:
    /// Of the guest, attached to the report; `when` ends the name of a second one.
    static PrivilegeMatrix privilegeMatrix(const std::string& when = {});
    /// Whether its lines that concern these roles (see PrivilegeMatrix::concerning) are the repository's. A failure prints each
    /// drift as one line.
    static testing::AssertionResult matrixIsAsExpected(const std::vector<std::string>& roles);

    /// Process ids of the role's connections to PostgreSQL.
    static std::vector<std::string> backendsOf(Database& admin, const std::string& role);
};

}  // namespace boxtest
