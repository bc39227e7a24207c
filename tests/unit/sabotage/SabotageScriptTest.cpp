#include "sabotage/SabotageScript.hpp"

#include <gmock/gmock.h>

#include "base/RunProgram.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

/// Runs the sabotage's script on this host: the sabotages of these tests need no guest.
CapturedOutput run(const Sabotage& sabotage, const std::string& functions = {}, const std::string& database = "odoo") {
    const FakeGuest guest;
    auto manifest = guest.load();
    manifest.names.odooDatabase = database;
    return runProgram({"/bin/sh", "-c", sabotageScript(sabotage, functions, manifest)}, Deadline::in(std::chrono::minutes(1)));
}

TEST(SabotageScript, EndsWellWhenTheCheckDoes) {
    const auto result = run({.lift = "echo lifted", .act = "echo done", .check = "echo checked"});
    EXPECT_TRUE(result.succeeded()) << result.describe();
    EXPECT_EQ(result.out, "lifted\ndone\n");
    EXPECT_EQ(result.err, "checked\n");
}

TEST(SabotageScript, TheFirstCommandThatFailsEndsIt) {
    const auto lift = run({.lift = "false; echo on", .act = "echo acted", .check = "true"});
    EXPECT_EQ(lift.status.code, sabotageNotDone);
    EXPECT_EQ(lift.out, "");
    const auto act = run({.act = "false\necho on", .check = "true"});
    EXPECT_EQ(act.status.code, sabotageNotDone);
    EXPECT_EQ(act.out, "");
    const auto check = run({.act = "true", .check = "false\ntrue"});
    EXPECT_EQ(check.status.code, sabotageNotTaken);
    const auto unset = run({.act = "echo $no_such_name", .check = "true"});
    EXPECT_EQ(unset.status.code, sabotageNotDone) << unset.describe();
}

TEST(SabotageScript, NamesAndFunctionsAreThereWhateverTheNamesAre) {
    const auto result = run({.act = "shared \"$odoo_db\"", .check = "test \"$odoo_db\" = 'Odoo-Mar tel'\\''14'"},
                            "shared() { echo \"of $1\"; }\n", "Odoo-Mar tel'14");
    EXPECT_TRUE(result.succeeded()) << result.describe();
    EXPECT_EQ(result.out, "of Odoo-Mar tel'14\n");
}

TEST(SabotageScript, AHereDocumentMayBeItsLastWord) {
    const auto result = run({.act = "cat <<'X'\ntext\nX", .check = "cat <<'X' | grep -q text\ntext\nX"});
    EXPECT_TRUE(result.succeeded()) << result.describe();
    EXPECT_THAT(result.out, HasSubstr("text"));
}

}  // namespace
}  // namespace boxtest
