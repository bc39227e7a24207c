#include "base/LineBuffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace boxtest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> linesOf(LineBuffer& buffer) {
    std::vector<std::string> lines;
    while (auto line = buffer.next()) lines.push_back(*line);
    return lines;
}

TEST(LineBuffer, GivesLinesAsSoonAsTheyAreWhole) {
    LineBuffer buffer(100);
    buffer.add("one\ntw");
    EXPECT_THAT(linesOf(buffer), ElementsAre("one"));
    EXPECT_EQ(buffer.unfinished(), "tw");
    buffer.add("o");
    EXPECT_THAT(linesOf(buffer), IsEmpty());
    buffer.add("\n\nthree\n");
    EXPECT_EQ(buffer.next(), "two");
    buffer.add("four\n");
    EXPECT_THAT(linesOf(buffer), ElementsAre("", "three", "four"));
    EXPECT_EQ(buffer.unfinished(), "");
}

TEST(LineBuffer, HoweverTheBytesComeTheLinesAreTheSame) {
    const std::string text = "a\n\nbc\r\nthe last\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        LineBuffer buffer(100);
        std::vector<std::string> lines;
        for (std::size_t at = 0; at < text.size(); at += step) {
            buffer.add(std::string_view(text).substr(at, step));
            for (auto& line : linesOf(buffer)) lines.push_back(line);
        }
        EXPECT_THAT(lines, ElementsAre("a", "", "bc\r", "the last")) << step;
    }
}

TEST(LineBuffer, KnowsALineThatIsTooLong) {
    LineBuffer buffer(3);
    buffer.add("abc");
    EXPECT_THAT(linesOf(buffer), IsEmpty());
    EXPECT_FALSE(buffer.isTooLong());
    buffer.add("d");
    EXPECT_TRUE(buffer.isTooLong());
    buffer.add("\nx");
    EXPECT_THAT(linesOf(buffer), ElementsAre("abcd"));
    EXPECT_FALSE(buffer.isTooLong());
}

}  // namespace
}  // namespace boxtest
