#include "vm/ConsoleText.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

/// Cleans the bytes at once and one by one: both results must be equal.
std::string cleaned(const std::string& bytes) {
    ConsoleText whole;
    ConsoleText pieces;
    std::string once = whole.clean(bytes);
    std::string apart;
    for (const char c : bytes) apart += pieces.clean({&c, 1});
    EXPECT_EQ(once, apart);
    return once;
}

TEST(ConsoleText, LeavesPlainTextAlone) { EXPECT_EQ(cleaned("one\ttwo\nthree é\n"), "one\ttwo\nthree é\n"); }

TEST(ConsoleText, EndsLinesAsASerialConsoleDoes) { EXPECT_EQ(cleaned("one\r\ntwo\r\r\nthree\n"), "one\ntwo\nthree\n"); }

TEST(ConsoleText, ALoneCarriageReturnStartsANewLine) { EXPECT_EQ(cleaned("10 %\r20 %\rdone\r\n"), "10 %\n20 %\ndone\n"); }

TEST(ConsoleText, DropsColoursTitlesAndCursorMoves) {
    EXPECT_EQ(cleaned("[\x1b[0;1;31mFAILED\x1b[0m] Failed to mount \x1b[0;1;39m/data\x1b[0m.\n"),
              "[FAILED] Failed to mount /data.\n");
    EXPECT_EQ(cleaned("\x1b]0;a title\x07text"), "text");
    EXPECT_EQ(cleaned("\x1b]3008;start=x;user=root\x1b\\text"), "text");
    EXPECT_EQ(cleaned("\x1b(Btext\x1b"
                      "7\x1b[2J\x1b[1;1H!"),
              "text!");
    EXPECT_EQ(cleaned("\x1bP+q\x1b\\text"), "text");
}

TEST(ConsoleText, DropsOtherControlCharacters) {
    EXPECT_EQ(cleaned(std::string("a\0b\a\bc\x7f"
                                  "d",
                                  8)),
              "abcd");
}

TEST(ConsoleText, ASequenceWithoutAnEndSwallowsNoMoreThanItsLine) {
    EXPECT_EQ(cleaned("\x1b]0;no end\nKernel panic\n"), "\nKernel panic\n");
    const auto text = cleaned("\x1b]0;" + std::string(10000, 'x') + "\n");
    EXPECT_GT(text.size(), 9000U);
}

}  // namespace
}  // namespace boxtest
