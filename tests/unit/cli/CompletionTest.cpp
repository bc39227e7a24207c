#include "cli/Completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Completion, WhatWouldBreakTheScriptsLinesIsNotOffered) {
    const Completion completion{.candidates = {{"plain", "a word"}, {"two\nlines", ""}, {":files", ""}, {"x", "a\ttab"}},
                                .paths = Completion::Paths::folders};
    EXPECT_EQ(completion.text(), "plain\ta word\nx\n:folders\n");
}

TEST_F(UpFixture, CompleteOffersTheUsersOfTheMachineThatIsUp) {
    EXPECT_EQ(boxtest({"complete", "--", "ssh", ""}).out, "admin\njane\n");
    EXPECT_EQ(boxtest({"complete", "--", "psql", "ja"}).out, "jane\n");
    EXPECT_EQ(boxtest({"complete", "--", "ssh", "jane", "-"}).out, ":files\n") << "what follows the user is ssh's";
    EXPECT_THAT(boxtest({"complete", "--", "ssh", "-"}).out, AllOf(HasSubstr("-t\t"), HasSubstr("--help\t")));
}

TEST_F(ProgramFixture, CompleteOffersCommandsOptionsAndValues) {
    const auto commands = boxtest({"complete", "--", ""}).out;
    EXPECT_THAT(commands, AllOf(HasSubstr("run\tRun scenarios"), HasSubstr("completion\t"), Not(HasSubstr("keeper")),
                                Not(HasSubstr("complete\t"))));
    EXPECT_THAT(boxtest({"complete", "--", "run", "--sh"}).out, AllOf(HasSubstr("--shard\t"), HasSubstr("--shared\t")));
    EXPECT_EQ(boxtest({"complete", "--", "run", "--accel", ""}).out, "auto\nkvm\ntcg\n");
    EXPECT_EQ(boxtest({"complete", "--", "run", "--quick", "slo"}).out, "slow\ta trait\n");
    EXPECT_EQ(boxtest({"complete", "--", "report", "one.json", "x"}).out, ":files\n") << "it takes several";
    EXPECT_EQ(boxtest({"complete", "--", "list", "peer-auth", "x"}).out, "") << "it takes one";
    EXPECT_EQ(boxtest({"complete", "--"}).out, "");
}

TEST_F(ProgramFixture, CompleteIsQuietWhereNothingIsThere) {
    setEnvironment("BOXTEST_SCENARIOS", (home() / "none").string());
    for (const auto* command : {"ssh", "run", "resume"}) {
        const auto result = boxtest({"complete", "--", command, ""});
        EXPECT_EQ(result.status.code, 0) << command;
        EXPECT_EQ(result.err, "") << command;
    }
}

}  // namespace
}  // namespace boxtest
