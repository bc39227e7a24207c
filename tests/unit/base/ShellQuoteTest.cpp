#include "base/ShellQuote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/RunProgram.hpp"
#include "ssh/Session.hpp"

namespace boxtest {
namespace {

TEST(ShellQuote, PlainWordsStayAsTheyAre) { EXPECT_EQ(shellQuote("/usr/bin/env-1.2_x:y@z%+,"), "/usr/bin/env-1.2_x:y@z%+,"); }

TEST(ShellQuote, AnythingElseIsQuoted) {
    EXPECT_EQ(shellQuote(""), "''");
    EXPECT_EQ(shellQuote("a b"), "'a b'");
    EXPECT_EQ(shellQuote("it's"), R"('it'\''s')");
    EXPECT_EQ(shellQuote("~root"), "'~root'");
    EXPECT_EQ(shellQuote("a=b"), "'a=b'");
    EXPECT_EQ(Session::quote("grep", "x y", std::string("z")), "grep 'x y' z");
}

TEST(ShellQuote, EveryByteComesBackFromARealShell) {
    std::vector<std::string> words;
    for (int byte = 1; byte < 256; ++byte) words.push_back("a" + std::string(1, static_cast<char>(byte)) + "b");
    std::string expected;
    for (const auto& word : words) expected += word + "\n";
    const auto result = runProgram({"sh", "-c", "printf '%s\\n' " + shellQuote(words)}, Deadline::in(std::chrono::minutes(1)));
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.out, expected);
}

TEST(ShellQuote, NulIsRefused) {
    try {
        shellQuote(std::string_view("a\0b", 3));
        FAIL() << "a NUL was quoted";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "a word for a shell cannot hold a NUL byte");
    }
}

}  // namespace
}  // namespace boxtest
