#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "Claims.hpp"
#include "Paths.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "report/Catalogue.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

/// The scenarios program, built beside boxtest.
CapturedOutput scenarios(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), (std::filesystem::path(paths::program).parent_path() / "boxtest-scenarios").string());
    return runProgram(arguments, Deadline::in(std::chrono::minutes(1)));
}

TEST(ScenariosProgram, ListsEveryScenarioWithItsClaimWithoutAMachine) {
    const auto listed = scenarios({"--list-json"});
    ASSERT_TRUE(listed.succeeded()) << listed.describe();
    std::map<std::string, int> count;
    std::map<Effect, int> effects;
    const auto catalogue = Catalogue::parse(listed.out);
    for (const auto& entry : catalogue.entries()) {
        const auto* claim = claimOfSuite(entry.suite());
        ASSERT_NE(claim, nullptr) << entry.scenario;
        EXPECT_EQ(entry.claim, claim->id);
        EXPECT_EQ(entry.promise, claim->promise);
        EXPECT_EQ(entry.has("jane"), claim->isAboutJane()) << entry.scenario;
        ++effects[entry.effect];
        ++count[entry.claim];
    }
    ASSERT_EQ(catalogue.claims().size(), claims().size());
    for (std::size_t i = 0; i < claims().size(); ++i) {
        const auto& claim = claims()[i];
        EXPECT_EQ(catalogue.claims()[i].id, claim.id);
        if (!claim.run.empty()) continue;
        EXPECT_GE(count[std::string(claim.id)], 3) << claim.id << " has too few scenarios";
    }
    for (const auto effect : {Effect::reads, Effect::rollsBack, Effect::changes})
        EXPECT_GE(effects[effect], 20) << wordOf(effect) << ": the effects do not come through";
}

/// A scenario's declaration states what it needs. These words in a name would mislead a reader if the declaration lacks that
/// need.
TEST(ScenariosProgram, NamesSayNothingElseThanDeclarations) {
    const auto catalogue = Catalogue::parse(scenarios({"--list-json"}).out);
    ASSERT_FALSE(catalogue.entries().empty());
    for (const auto& entry : catalogue.entries()) {
        const auto says = [&](const char* word) { return entry.scenario.find(word) != std::string::npos; };
        EXPECT_EQ(says("Neighbour"), entry.has("twoMachines")) << entry.scenario;
        if (says("Exhaustively")) {
            EXPECT_TRUE(entry.has("slow")) << entry.scenario;
        }
        // A scenario that cannot share its machine must declare that it changes the machine.
        if (entry.has("ownMachine")) {
            EXPECT_EQ(entry.effect, Effect::changes) << entry.scenario;
        }
    }
}

TEST(ScenariosProgram, WithoutAMachineItIsAUsageError) {
    const auto none = scenarios({});
    EXPECT_EQ(none.status.code, 2);
    EXPECT_THAT(none.err, HasSubstr("--machine FILE is missing"));
    const auto unknown = scenarios({"--no-such-option"});
    EXPECT_EQ(unknown.status.code, 2);
}

TEST(ScenariosProgram, NamesTheMachineFileThatItCannotRead) {
    const TemporaryFolder folder("scenarios");
    const auto missing = scenarios({"--machine", (folder.path() / "machine.json").string()});
    EXPECT_FALSE(missing.succeeded());
    EXPECT_THAT(missing.err, HasSubstr("machine.json"));
    std::ofstream(folder.path() / "bad.json") << "{}";
    const auto bad = scenarios({"--machine", (folder.path() / "bad.json").string()});
    EXPECT_EQ(bad.status.code, 2);
    EXPECT_THAT(bad.err, HasSubstr("bad.json"));
}

}  // namespace
}  // namespace boxtest
