#include "cli/ForeignWords.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest::foreign {
namespace {

using testing::ElementsAre;

TEST(ForeignWords, TheUserIsTheFirstWordThatIsNeitherAnOptionNorItsValue) {
    auto line = Line::read({"-v", "-o", "X=Y", "-tL", "1:h:2", "-p22", "jane", "-N", "--help"}, sshOptions());
    EXPECT_THAT(line.own, ElementsAre("jane"));
    EXPECT_THAT(line.options, ElementsAre("-v", "-o", "X=Y", "-tL", "1:h:2", "-p22"));
    EXPECT_THAT(line.rest, ElementsAre("-N", "--help"));
    EXPECT_FALSE(line.isClosed);
    line = Line::read({"-s", "--", "jane", "sftp"}, sshOptions());
    EXPECT_THAT(line.options, ElementsAre("-s"));
    EXPECT_THAT(line.own, ElementsAre("jane"));
    EXPECT_TRUE(line.isClosed);
    line = Line::read({"-Xc", "select 1", "--set", "A=b", "--set=B=c", "--comm", "x", "--csv", "jane", "-t"}, psqlOptions());
    EXPECT_THAT(line.options, ElementsAre("-Xc", "select 1", "--set", "A=b", "--set=B=c", "--comm", "x", "--csv"));
    EXPECT_THAT(line.own, ElementsAre("jane"));
    EXPECT_THAT(line.rest, ElementsAre("-t"));
    EXPECT_THAT(Line::read({"--help"}, psqlOptions()).own, ElementsAre("--help"));
    EXPECT_THAT(Line::read({"--bogus", "jane"}, sshOptions()).own, ElementsAre("--bogus", "jane"));
    EXPECT_THAT(Line::read({"-o"}, sshOptions()).options, ElementsAre("-o"));
    EXPECT_THAT(Line::read({}, sshOptions()).own, ElementsAre());
}

TEST(ForeignWords, SshsUserMayBeGivenAsOtherProgramsDo) {
    const auto read = [](const std::vector<std::string>& words) {
        auto line = Line::read(words, sshOptions());
        takeSshUser(line);
        return std::pair(line.own, line.options);
    };
    using Words = std::vector<std::string>;
    EXPECT_EQ(read({"-x", "-l", "jane", "--", "box", "sftp"}), std::pair(Words{"jane"}, Words{"-x"}));
    EXPECT_EQ(read({"-xljane", "-l", "other", "-L", "l:1", "box"}), std::pair(Words{"jane"}, Words{"-x", "-L", "l:1"}));
    EXPECT_EQ(read({"jane@box"}), std::pair(Words{"jane"}, Words{}));
    EXPECT_EQ(read({"-l", "jane"}), std::pair(Words{}, Words{})) << "the host is missing";
}

TEST(ForeignWords, ASeparatorBeforeOptionsIsLeftOutAndNoOther) {
    EXPECT_THAT(withoutSeparator({"--", "-c", "select 1"}), ElementsAre("-c", "select 1"));
    EXPECT_THAT(withoutSeparator({"postgres", "--", "-c", "select 1"}), ElementsAre("postgres", "-c", "select 1"));
    EXPECT_THAT(withoutSeparator({"-c", "select 1", "--", "postgres"}), ElementsAre("-c", "select 1", "--", "postgres"));
    EXPECT_THAT(withoutSeparator({"-c", "select 1 -- a comment"}), ElementsAre("-c", "select 1 -- a comment"));
    EXPECT_THAT(withoutSeparator({}), ElementsAre());
}

}  // namespace
}  // namespace boxtest::foreign
