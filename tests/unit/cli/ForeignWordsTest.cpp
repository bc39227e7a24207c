#include "cli/ForeignWords.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest::foreign {
namespace {

using testing::ElementsAre;

TEST(ForeignWords, OursEndWithTheUser) {
    EXPECT_EQ(upToUser({"jane"}), 1U);
    EXPECT_EQ(upToUser({"-t", "jane", "-L", "1:x:2", "--help"}), 2U);
    EXPECT_EQ(upToUser({"--help"}), 1U);
    EXPECT_EQ(upToUser({}), 0U);
}

TEST(ForeignWords, ASeparatorBeforeOptionsIsLeftOutAndNoOther) {
    EXPECT_THAT(withoutSeparator({"--", "-c", "select 1"}), ElementsAre("-c", "select 1"));
    EXPECT_THAT(withoutSeparator({"postgres", "--", "-c", "select 1"}), ElementsAre("postgres", "-c", "select 1"));
    EXPECT_THAT(withoutSeparator({"-c", "select 1", "--", "postgres"}), ElementsAre("-c", "select 1", "--", "postgres"));
    EXPECT_THAT(withoutSeparator({"-c", "select 1 -- a comment"}), ElementsAre("-c", "select 1 -- a comment"));
    EXPECT_THAT(withoutSeparator({}), ElementsAre());
}

TEST(ForeignWords, SshsOptionsAreReadAsSshDoes) {
    const auto read = [](const std::vector<std::string>& words) {
        const auto found = SshWords::read(words);
        return std::pair(found.asksForTerminal, found.hasCommand);
    };
    EXPECT_EQ(read({}), std::pair(false, false));
    EXPECT_EQ(read({"top", "-t"}), std::pair(false, true));
    EXPECT_EQ(read({"-t", "top"}), std::pair(true, true));
    EXPECT_EQ(read({"-vtt"}), std::pair(true, false));
    // An option's value is not read as an option, whether it is in the same word or in the next one.
    EXPECT_EQ(read({"-L", "1:t:2"}), std::pair(false, false));
    EXPECT_EQ(read({"-L1:t:2", "top"}), std::pair(false, true));
    EXPECT_EQ(read({"-NL", "-t", "top"}), std::pair(false, true));
    EXPECT_EQ(read({"--", "-t"}), std::pair(false, true));
}

}  // namespace
}  // namespace boxtest::foreign
