#include "EventWriter.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "base/FileDescriptor.hpp"
#include "worker/EventStream.hpp"

namespace boxtest {
namespace {

class EventWriterTest : public testing::Test {
   protected:
    EventWriterTest() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
        read_ = FileDescriptor(ends[0]);
        write_ = FileDescriptor(ends[1]);
    }

    std::string written() {
        std::array<char, 65536> buffer{};
        const auto size = ::read(read_.get(), buffer.data(), buffer.size());
        return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
    }

    FileDescriptor read_, write_;
};

TEST_F(EventWriterTest, TheDriverUnderstandsWhatItWrites) {
    EventWriter writer(write_.get());
    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    writer.OnTestStart(test);
    writer.OnTestEnd(test);
    writer.OnTestProgramEnd(*testing::UnitTest::GetInstance());
    EventStream stream;
    const auto events = stream.feed(written());
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0].kind, ScenarioEvent::Kind::start);
    EXPECT_EQ(events[0].result.scenario, "EventWriterTest.TheDriverUnderstandsWhatItWrites");
    EXPECT_EQ(events[1].kind, ScenarioEvent::Kind::end);
    EXPECT_EQ(events[1].result.verdict, Verdict::passed);
    EXPECT_TRUE(events[1].result.failures.empty());
    EXPECT_EQ(events[2].kind, ScenarioEvent::Kind::done);
}

TEST_F(EventWriterTest, AFailureCarriesWhatLedThereAndWhatWasAroundItThen) {
    EventWriter writer(write_.get());
    int looked = 0;
    writer.lookAround([&] {
        ++looked;
        return EventWriter::Surroundings{.journal = "sshd: hello\n", .console = "login:"};
    });
    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    const testing::TestPartResult failure(testing::TestPartResult::kNonFatalFailure, "x.cpp", 1, "no");
    auto& transcript = Transcript::ofProcess();
    transcript.ask("command", "root", "of the scenario before");
    writer.OnTestStart(test);
    transcript.answered(transcript.ask("statement", "jane", "SELECT 1"), "42501");
    writer.OnTestPartResult(failure);
    transcript.ask("statement", "jane", "after the failure");
    writer.OnTestPartResult(failure);
    writer.OnTestEnd(test);
    EventStream stream;
    const auto result = stream.feed(written()).at(1).result;
    EXPECT_EQ(looked, 1) << "at the first failure alone";
    ASSERT_EQ(result.asked.size(), 1U);
    EXPECT_EQ(result.asked[0].what, "SELECT 1");
    EXPECT_EQ(result.asked[0].answer, "42501");
    EXPECT_EQ(result.askedCounts.at("statement"), 2U);
    EXPECT_EQ(result.journal, "sshd: hello\n");
    EXPECT_EQ(result.console, "login:");
    // The failure is reported even when looking around throws.
    writer.lookAround([]() -> EventWriter::Surroundings { throw std::runtime_error("the machine is gone"); });
    writer.OnTestStart(test);
    writer.OnTestPartResult(failure);
    writer.OnTestEnd(test);
    EXPECT_EQ(stream.feed(written()).at(1).result.journal, "");
}

TEST_F(EventWriterTest, NoEventTellsAPasswordOfTheGuest) {
    EventWriter writer(write_.get());
    writer.conceal(Concealment({"correcthorse"}));
    writer.lookAround([] { return EventWriter::Surroundings{.journal = "j correcthorse", .console = "c correcthorse"}; });
    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    writer.OnTestStart(test);
    auto& transcript = Transcript::ofProcess();
    transcript.answered(transcript.ask("statement", "jane", "ask correcthorse"), "answer correcthorse");
    writer.OnTestPartResult(testing::TestPartResult(testing::TestPartResult::kNonFatalFailure, "x.cpp", 1, "f correcthorse"));
    writer.failing();
    writer.OnTestEnd(test);
    const auto text = written();
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("correcthorse")));
    for (const auto* told : {"j [password]", "c [password]", "ask [password]", "answer [password]", "f [password]"})
        EXPECT_THAT(text, testing::HasSubstr(told));
}

TEST_F(EventWriterTest, FailuresCarryTheirPlaceInTheTreeAndTextThatIsNoUtf8) {
    EventWriter writer(write_.get());
    const auto& test = *testing::UnitTest::GetInstance()->current_test_info();
    writer.OnTestStart(test);
    writer.OnTestPartResult(testing::TestPartResult(testing::TestPartResult::kNonFatalFailure,
                                                    "/some/where/scenarios/TcpRefused.cpp", 12, "line one\nbyte \xff\n"));
    // A failure without a file, whose name is empty. Before GoogleTest 1.18 the name can also be a null pointer.
    writer.OnTestPartResult(testing::TestPartResult(testing::TestPartResult::kFatalFailure, "", -1, "thrown"));
    writer.OnTestPartResult(testing::TestPartResult(testing::TestPartResult::kSuccess, "x.cpp", 1, "not a failure"));
    writer.OnTestEnd(test);
    const auto text = written();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "one line an event: " << text;
    EventStream stream;
    const auto events = stream.feed(text);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_THAT(events[1].result.failures, testing::ElementsAre("scenarios/TcpRefused.cpp:12\nline one\nbyte \xef\xbf\xbd\n",
                                                                "outside of any check\nthrown"));
}

TEST_F(EventWriterTest, EndsTheProgramWhenNobodyReads) {
    read_.reset();
    EXPECT_EXIT(
        {
            std::signal(SIGPIPE, SIG_IGN);
            EventWriter(write_.get()).OnTestProgramEnd(*testing::UnitTest::GetInstance());
        },
        testing::ExitedWithCode(3), "cannot write an event: Broken pipe");
}

}  // namespace
}  // namespace boxtest
