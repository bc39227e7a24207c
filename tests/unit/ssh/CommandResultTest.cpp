#include "ssh/CommandResult.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using ::testing::HasSubstr;

TEST(CommandResult, OnlyExitStatusZeroIsSuccess) {
    EXPECT_TRUE((CommandResult{.exitStatus = 0, .signal = {}, .out = "", .err = ""}).succeeded());
    EXPECT_FALSE((CommandResult{.exitStatus = 1, .signal = {}, .out = "", .err = ""}).succeeded());
    EXPECT_FALSE((CommandResult{.exitStatus = {}, .signal = "KILL", .out = "", .err = ""}).succeeded());
    EXPECT_FALSE(CommandResult{}.succeeded());
}

TEST(CommandResult, DescribesItsEnd) {
    EXPECT_EQ((CommandResult{.exitStatus = 2, .signal = {}, .out = "o", .err = "e"}).describe(),
              "exit status 2; stdout: 'o'; stderr: 'e'");
    EXPECT_EQ((CommandResult{.exitStatus = {}, .signal = "TERM", .out = "", .err = ""}).describe(),
              "killed by SIGTERM; stdout: ''; stderr: ''");
    EXPECT_EQ(CommandResult{}.describe(), "ended without an exit status; stdout: ''; stderr: ''");
}

TEST(CommandResult, ShortensLongOutputInTheMiddle) {
    const CommandResult result{.exitStatus = 0, .signal = {}, .out = "begin" + std::string(100'000, 'x') + "end", .err = ""};
    const auto text = result.describe();
    EXPECT_LT(text.size(), 5000U);
    EXPECT_THAT(text, HasSubstr("'begin"));
    EXPECT_THAT(text, HasSubstr("end'"));
    EXPECT_THAT(text, HasSubstr("[... 96008 bytes left out ...]"));
}

}  // namespace
}  // namespace boxtest
