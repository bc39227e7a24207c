#include "db/VerboseMessage.hpp"

#include <gtest/gtest.h>

#include "db/Outcome.hpp"

namespace boxtest {
namespace {

TEST(VerboseMessage, FindsTheSqlstateOfARefusedConnection) {
    const auto parsed = VerboseMessage::parse(
        "connection to server on socket \"/tmp/x/.s.PGSQL.5432\" failed: FATAL:  28000: Peer authentication failed for user "
        "\"jane\"\n"
        "LOCATION:  auth_failed, auth.c:329\n");
    EXPECT_EQ(parsed.sqlstate, "28000");
    EXPECT_EQ(parsed.message, "Peer authentication failed for user \"jane\"");
}

TEST(VerboseMessage, KeepsDetailAndHintWithoutTheSourceLocation) {
    const auto parsed =
        VerboseMessage::parse("ERROR:  42501: no\nDETAIL:  because\nHINT:  ask\nLOCATION:  f, a.c:1\nserver closed\n");
    EXPECT_EQ(parsed.sqlstate, "42501");
    EXPECT_EQ(parsed.message, "no\nDETAIL:  because\nHINT:  ask");
}

TEST(VerboseMessage, ReadsAnyLanguagesSeverity) {
    EXPECT_EQ(VerboseMessage::parse("FEHLER:  42P01: Relation fehlt").sqlstate, "42P01");
}

TEST(VerboseMessage, GuessesNothingFromATextWithoutSqlstate) {
    for (const auto* text : {"", "FATAL:  Peer authentication failed", "server closed the connection unexpectedly\n",
                             "ERROR:  4250", "x:  42501", "a:  b: c", "ERROR:  42501 no", "ERROR:  42o01: no"}) {
        EXPECT_EQ(VerboseMessage::parse(text).sqlstate, "") << text;
    }
    EXPECT_EQ(VerboseMessage::parse("server closed the connection unexpectedly\n").message,
              "server closed the connection unexpectedly");
}

TEST(Outcome, FindsAndDescribesNotices) {
    Outcome outcome{.sqlstate = "00000", .message = "", .notices = {{"01000", "skipped"}}, .rows = {}, .affected = 0};
    EXPECT_TRUE(outcome.succeeded());
    EXPECT_TRUE(outcome.noticed("01000"));
    EXPECT_FALSE(outcome.noticed("01007"));
    EXPECT_EQ(outcome.describe(), "00000; notice 01000 skipped");
}

}  // namespace
}  // namespace boxtest
