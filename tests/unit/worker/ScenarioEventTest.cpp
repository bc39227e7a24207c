#include "worker/ScenarioEvent.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using EventKind = ScenarioEvent::Kind;

/// The event that the receiver parses from this event's line.
ScenarioEvent sent(const ScenarioEvent& event) {
    const auto line = event.line();
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    return ScenarioEvent::parse(line);
}

ScenarioEvent endWith(Verdict verdict) {
    ScenarioEvent event{.kind = EventKind::end};
    event.result.scenario = "TcpRefused.X";
    event.result.claim = "tcp-refused";
    event.result.verdict = verdict;
    event.result.duration = std::chrono::duration<double>(1.5);
    return event;
}

TEST(ScenarioEvent, OfEachKindIsReadAsItWasWritten) {
    for (const auto kind : {EventKind::connected, EventKind::done}) EXPECT_EQ(sent({.kind = kind}).kind, kind);

    const auto prepared = sent({.kind = EventKind::prepared, .privateMemory = 123});
    EXPECT_EQ(prepared.kind, EventKind::prepared);
    EXPECT_EQ(prepared.privateMemory, 123U);

    const auto released = sent({.kind = EventKind::released,
                                .privateMemory = 456,
                                .connections = {GuestConnection::adminSession, GuestConnection::rootShell}});
    EXPECT_EQ(released.kind, EventKind::released);
    EXPECT_EQ(released.privateMemory, 456U);
    EXPECT_THAT(released.connections, testing::ElementsAre(GuestConnection::adminSession, GuestConnection::rootShell));

    const auto reusable =
        sent({.kind = EventKind::reusable, .privateMemory = 789, .connections = {GuestConnection::handymanSession}});
    EXPECT_EQ(reusable.kind, EventKind::reusable);
    EXPECT_EQ(reusable.privateMemory, 789U);
    EXPECT_THAT(reusable.connections, testing::ElementsAre(GuestConnection::handymanSession));

    ScenarioEvent start{.kind = EventKind::start};
    start.result.scenario = "A.b";
    start.result.preparation = std::chrono::duration<double>(0.25);
    EXPECT_EQ(sent(start).kind, EventKind::start);
    EXPECT_EQ(sent(start).result.scenario, "A.b");
    EXPECT_DOUBLE_EQ(sent(start).result.preparation.count(), 0.25);

    ScenarioEvent failing{.kind = EventKind::failing};
    failing.result.failures = {"a.cpp:3\nodd", "b"};
    EXPECT_EQ(sent(failing).kind, EventKind::failing);
    EXPECT_EQ(sent(failing).result.failures, failing.result.failures);

    const auto paused = sent({.kind = EventKind::paused, .text = R"({"a":1})"});
    EXPECT_EQ(paused.kind, EventKind::paused);
    EXPECT_EQ(paused.text, R"({"a":1})");
}

TEST(ScenarioEvent, TellsByAWordAndNotByTheReasonWhyThereIsNoMachine) {
    for (const auto cause : {NotRunCause::machine, NotRunCause::changeFailed, NotRunCause::changeWithoutEffect}) {
        ScenarioEvent event{.kind = EventKind::unprepared, .text = "the sabotage 'x' did not take effect"};
        event.result.cause = cause;
        EXPECT_EQ(sent(event).kind, EventKind::unprepared);
        EXPECT_EQ(sent(event).text, event.text);
        EXPECT_EQ(sent(event).result.cause, cause);
    }
}

TEST(ScenarioEvent, OfAnEndKeepsAllThatTheReportNeeds) {
    for (const auto verdict : {Verdict::passed, Verdict::failed, Verdict::knownGap, Verdict::notRun})
        EXPECT_EQ(sent(endWith(verdict)).result.verdict, verdict);
    auto event = endWith(Verdict::failed);
    event.result.failures = {"a.cpp:3\nodd", ""};
    event.result.kept = "/kept/a \xff b";
    event.result.gap = "She may.";
    event.result.records = {{"exposure x", "0.4"}};
    event.result.askedCounts = {{"statement", 3}};
    event.result.asked = {{.seconds = 0.5, .who = "jane", .what = "SELECT '<b>'", .answer = "42501"},
                          {.seconds = 1, .who = "root", .what = "true", .answer = ""}};
    event.result.journal = "sshd: \x1b[1m<b>\n";
    event.result.console = "login:";
    const auto read = sent(event);
    EXPECT_EQ(read.kind, EventKind::end);
    EXPECT_EQ(read.result.scenario, event.result.scenario);
    EXPECT_EQ(read.result.claim, event.result.claim);
    EXPECT_DOUBLE_EQ(read.result.duration.count(), 1.5);
    EXPECT_EQ(read.result.failures, event.result.failures);
    EXPECT_EQ(read.result.kept, event.result.kept);
    EXPECT_EQ(read.result.gap, event.result.gap);
    EXPECT_EQ(read.result.records, event.result.records);
    EXPECT_EQ(read.result.askedCounts, event.result.askedCounts);
    EXPECT_EQ(read.result.asked, event.result.asked);
    EXPECT_EQ(read.result.journal, event.result.journal);
    EXPECT_EQ(read.result.console, event.result.console);
    EXPECT_TRUE(sent(endWith(Verdict::passed)).result.kept.empty());
}

TEST(ScenarioEvent, TextOfTheGuestsThatIsNoUtf8IsReplaced) {
    ScenarioEvent failing{.kind = EventKind::failing};
    failing.result.failures = {"byte \xff"};
    EXPECT_THAT(sent(failing).result.failures, testing::ElementsAre("byte \xef\xbf\xbd"));
}

TEST(ScenarioEvent, WhatIsNoneIsRefusedWithItsText) {
    const auto refused = [](const std::string& line) { return errorOf<TransportError>([&] { ScenarioEvent::parse(line); }); };
    EXPECT_THAT(refused("hello"), HasSubstr("a line that is no event: 'hello'"));
    EXPECT_THAT(refused(R"({"event":"pause"})"), HasSubstr("unknown event 'pause'"));
    EXPECT_THAT(refused(R"({"event":"end","scenario":"A.b","result":"skipped"})"), HasSubstr("unknown result 'skipped'"));
    EXPECT_THAT(refused(R"({"event":"unprepared","reason":"","cause":"rain"})"), HasSubstr("unknown cause 'rain'"));
    EXPECT_THAT(refused(R"({"event":"start"})"), HasSubstr("scenario"));
}

}  // namespace
}  // namespace boxtest
