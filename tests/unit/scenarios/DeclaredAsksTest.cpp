#include "DeclaredAsks.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "EmbeddedTexts.hpp"
#include "Paths.hpp"
#include "base/Deadline.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto two = "=== statement | @{admin} on postgres\nSELECT 1\n\nFROM x\n=== command | root\nid\n";
const AskPattern::Values adminsName{{"admin", "dbadmin"}};

TEST(DeclaredAsks, WhatIsDeclaredIsTakenAndNothingElse) {
    auto asks = DeclaredAsks::parse(two, adminsName);
    EXPECT_TRUE(asks.takes("command", "root", "id"));
    EXPECT_TRUE(asks.takes("statement", "dbadmin on postgres", "SELECT 1\n\nFROM x"));
    EXPECT_FALSE(asks.takes("statement", "dbadmin on postgres", "SELECT 1"));
    EXPECT_FALSE(asks.takes("statement", "jane on postgres", "SELECT 1\n\nFROM x"));
    EXPECT_FALSE(asks.takes("command", "dbadmin", "id"));
    EXPECT_FALSE(asks.takes("statement", "root", "id"));
}

TEST(DeclaredAsks, WhatNobodyAskedIsTold) {
    auto asks = DeclaredAsks::parse(two, adminsName);
    EXPECT_TRUE(asks.takes("command", "root", "id"));
    EXPECT_THAT(asks.untaken(), ElementsAre("statement by dbadmin on postgres: SELECT 1"));
    EXPECT_TRUE(asks.takes("statement", "dbadmin on postgres", "SELECT 1\n\nFROM x"));
    EXPECT_THAT(asks.untaken(), IsEmpty());
}

TEST(DeclaredAsks, TextForPeopleIsAFileOfTheSameForm) {
    EXPECT_EQ(DeclaredAsks::parse(two, adminsName).text(),
              "=== statement | dbadmin on postgres\nSELECT 1\n\nFROM x\n=== command | root\nid\n");
    EXPECT_EQ(DeclaredAsks::parse("=== command | root\n\nid\n\n", adminsName).texts().front(), "\nid\n");
}

TEST(DeclaredAsks, AnotherFileIsRefused) {
    EXPECT_THAT(errorOf<UsageError>([] { DeclaredAsks::parse("id\n", {}); }), HasSubstr("not with 'id'"));
}

TEST(DeclaredAsks, EveryScenarioThatMayReadAMachineInUseDeclaresAndNoOther) {
    const auto listed =
        runProgram({(std::filesystem::path(paths::program).parent_path() / "boxtest-scenarios").string(), "--list-json"},
                   Deadline::in(std::chrono::minutes(1)));
    ASSERT_TRUE(listed.succeeded()) << listed.describe();
    FakeGuest guest;
    const auto manifest = guest.load();
    std::size_t live = 0;
    const auto list = nlohmann::json::parse(listed.out);
    for (const auto& scenario : list.at("scenarios")) {
        const auto name = scenario.at("scenario").get<std::string>();
        const bool reads = scenario.at("effect") == "reads" && !scenario.contains("not_live");
        const auto declared = DeclaredAsks::of(name, manifest);
        EXPECT_EQ(declared.has_value(), reads) << name << ": scenarios/live has a file of it, or .notLive has the reason why not";
        if (reads) ++live;
        if (declared) {
            EXPECT_THAT(declared->texts(), testing::Not(IsEmpty())) << name;
        }
    }
    EXPECT_GE(live, 80U);
}

}  // namespace
}  // namespace boxtest
