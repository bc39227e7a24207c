#include "base/Transcript.hpp"

#include <gtest/gtest.h>

namespace boxtest {
namespace {

TEST(Transcript, IsOffUntilItIsRestarted) {
    Transcript transcript;
    transcript.answered(transcript.ask("command", "root", "id"), "0");
    EXPECT_TRUE(transcript.entries().empty());
    EXPECT_TRUE(transcript.counts().empty());
}

TEST(Transcript, HasTheLastQuestionsWithTheirAnswersAndCountsAll) {
    Transcript transcript;
    transcript.restart();
    const auto first = transcript.ask("command", "root", "first");
    std::size_t last = 0;
    for (std::size_t i = 0; i < Transcript::keptEntries; ++i) last = transcript.ask("statement", "jane", std::to_string(i));
    transcript.answered(last, "42501");
    transcript.answered(first, "too late: it was forgotten");
    const auto entries = transcript.entries();
    ASSERT_EQ(entries.size(), Transcript::keptEntries);
    EXPECT_EQ(entries.front().what, "0");
    EXPECT_EQ(entries.front().answer, "");
    EXPECT_EQ(entries.back().answer, "42501");
    EXPECT_EQ(transcript.counts(), (std::map<std::string, std::size_t>{{"command", 1}, {"statement", Transcript::keptEntries}}));
    transcript.restart();
    EXPECT_TRUE(transcript.entries().empty());
    transcript.answered(last, "of the scenario before");
    EXPECT_TRUE(transcript.entries().empty());
}

TEST(Transcript, ShortensLongTextsBetweenCharacters) {
    Transcript transcript;
    transcript.restart();
    const auto asked = transcript.ask("command", "root", std::string(Transcript::longestQuestion - 1, 'x') + "\u00fcyz");
    transcript.answered(asked, std::string(10'000, 'y'));
    EXPECT_EQ(transcript.entries()[0].what, std::string(Transcript::longestQuestion - 1, 'x') + " [...]");
    EXPECT_LT(transcript.entries()[0].answer.size(), Transcript::longestAnswer + 10);
}

}  // namespace
}  // namespace boxtest
