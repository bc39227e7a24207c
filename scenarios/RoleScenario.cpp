#include "RoleScenario.hpp"

#include <fmt/format.h>

namespace boxtest {

PrivilegeMatrix RoleScenario::privilegeMatrix(const std::string& when) {
    auto matrix = PrivilegeMatrix::read([](const std::string& name) { return guest().adminDatabase(name); }, names());
    attach(fmt::format("privileges-{}{}.txt", manifest().postgresql.major, when), matrix.text());
    return matrix;
}

testing::AssertionResult RoleScenario::matrixIsAsExpected(const std::vector<std::string>& roles) {
    const auto matrix = privilegeMatrix();
    const auto expected = PrivilegeMatrix::expected(manifest().postgresql.major);
    attach(fmt::format("privileges-{}.diff", manifest().postgresql.major), matrix.diffTo(expected, names()));
    const auto differences = matrix.concerning(roles).differencesTo(expected.concerning(roles), names());
    if (differences.empty()) return testing::AssertionSuccess() << matrix.size() << " lines";
    auto text = fmt::format("{} lines of the privilege matrix are not as expected ('-' is missing, '+' should not be there):",
                            differences.size());
    for (const auto& line : differences) text += "\n  " + line;
    return testing::AssertionFailure() << text;
}

std::vector<std::string> RoleScenario::backendsOf(Database& admin, const std::string& role) {
    return column(admin, "SELECT pid FROM pg_stat_activity WHERE usename = " + quoteText(role) + " ORDER BY 1");
}

}  // namespace boxtest
