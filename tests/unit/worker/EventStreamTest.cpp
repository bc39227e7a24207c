#include "worker/EventStream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string messageOf(EventStream& stream, std::string_view bytes) {
    try {
        stream.feed(bytes);
    } catch (const TransportError& error) {
        return error.what();
    }
    return "no error";
}

TEST(EventStream, EventsAreReadWholeHoweverTheBytesCome) {
    const std::string text =
        "{\"event\":\"start\",\"scenario\":\"TcpRefused.X\"}\n"
        "{\"event\":\"end\",\"scenario\":\"TcpRefused.X\",\"claim\":\"tcp-refused\",\"result\":\"failed\",\"seconds\":1.5,"
        "\"failures\":[\"a.cpp:3\\nodd\"]}\n"
        "{\"event\":\"done\"}\n";
    for (std::size_t step = 1; step <= text.size(); ++step) {
        EventStream stream;
        std::vector<ScenarioEvent> events;
        for (std::size_t at = 0; at < text.size(); at += step)
            for (auto& event : stream.feed(std::string_view(text).substr(at, step))) events.push_back(std::move(event));
        ASSERT_EQ(events.size(), 3U) << "in steps of " << step;
        EXPECT_EQ(events[0].kind, ScenarioEvent::Kind::start);
        EXPECT_EQ(events[0].result.scenario, "TcpRefused.X");
        EXPECT_EQ(events[1].kind, ScenarioEvent::Kind::end);
        EXPECT_EQ(events[1].result.claim, "tcp-refused");
        EXPECT_EQ(events[1].result.verdict, Verdict::failed);
        EXPECT_DOUBLE_EQ(events[1].result.duration.count(), 1.5);
        EXPECT_THAT(events[1].result.failures, ElementsAre("a.cpp:3\nodd"));
        EXPECT_EQ(events[2].kind, ScenarioEvent::Kind::done);
        EXPECT_FALSE(stream.insideLine());
    }
}

TEST(EventStream, HalfALineIsKnownToBeHalf) {
    EventStream stream;
    EXPECT_TRUE(stream.feed("{\"event\":\"do").empty());
    EXPECT_TRUE(stream.insideLine());
}

TEST(EventStream, ALineThatIsNoEventIsRefusedWithItsText) {
    EventStream stream;
    EXPECT_THAT(messageOf(stream, "hello\n"), HasSubstr("a line that is no event: 'hello'"));
}

TEST(EventStream, AnEventWithoutAnEndIsGivenUp) {
    EventStream stream;
    EXPECT_THAT(messageOf(stream, std::string((std::size_t{16} << 20) + 1, 'x')), HasSubstr("without an end"));
}

TEST(EventStream, ReadsWhatAWorkerTellsOfItsFork) {
    EventStream stream;
    const auto events = stream.feed(R"({"event":"prepared","private_memory":123}
{"event":"connected"}
{"event":"start","scenario":"A.b","preparation":1.5}
{"event":"failing","failures":["x"]}
{"event":"paused","machine":{"a":1}}
{"event":"end","scenario":"A.b","result":"machine-failed","kept":"/k"}
{"event":"released","private_memory":456,"connections":["admin","root"]}
{"event":"unprepared","reason":"no"}
)");
    using Kind = ScenarioEvent::Kind;
    ASSERT_EQ(events.size(), 8U);
    EXPECT_EQ(events[0].kind, Kind::prepared);
    EXPECT_EQ(events[0].privateMemory, 123U);
    EXPECT_EQ(events[1].kind, Kind::connected);
    EXPECT_DOUBLE_EQ(events[2].result.preparation.count(), 1.5);
    EXPECT_EQ(events[3].kind, Kind::failing);
    EXPECT_EQ(events[3].result.failures, std::vector<std::string>{"x"});
    EXPECT_EQ(events[4].text, R"({"a":1})");
    EXPECT_EQ(events[5].result.verdict, Verdict::notRun);
    EXPECT_EQ(events[5].result.kept, "/k");
    EXPECT_EQ(events[6].privateMemory, 456U);
    EXPECT_THAT(events[6].connections, ElementsAre(GuestConnection::adminSession, GuestConnection::rootShell));
    EXPECT_EQ(events[7].kind, Kind::unprepared);
    EXPECT_EQ(events[7].text, "no");
}

}  // namespace
}  // namespace boxtest
