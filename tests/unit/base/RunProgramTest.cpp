#include "base/RunProgram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(RunProgram, KeepsOutputAndErrorsApart) {
    const auto answer = runProgram({"sh", "-c", "echo out; echo err >&2; exit 3"}, soon());
    EXPECT_EQ(answer.out, "out\n");
    EXPECT_EQ(answer.err, "err\n");
    EXPECT_EQ(answer.status.code, 3);
    EXPECT_FALSE(answer.succeeded());
    EXPECT_EQ(answer.describe(), "exited with status 3: err");
}

TEST(RunProgram, DescribesByTheOutputWhenThereIsNothingOnStderr) {
    EXPECT_EQ(runProgram({"sh", "-c", "echo out; exit 1"}, soon()).describe(), "exited with status 1: out");
    EXPECT_EQ(runProgram({"true"}, soon()).describe(), "exited with status 0");
}

TEST(RunProgram, TakesMuchOnBothStreamsAtOnce) {
    const auto answer =
        runProgram({"sh", "-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; head -c 1000 /dev/zero"}, soon());
    EXPECT_EQ(answer.out, std::string(3001000, '\0'));
    EXPECT_EQ(answer.err.size(), 3000000U);
}

TEST(RunProgram, FeedsAnInputThatIsLargerThanAPipe) {
    const std::string input(5000000, 'i');
    EXPECT_EQ(runProgram({"cat"}, soon(), {.input = input}).out, input);
}

TEST(RunProgram, DoesNotMindAProgramThatReadsNoInput) {
    EXPECT_TRUE(runProgram({"true"}, soon(), {.input = std::string(5000000, 'i')}).succeeded());
}

TEST(RunProgram, ThatTimesOutTellsWhatItWroteSoFar) {
    const auto message = errorOf<TimeoutError>([] {
        runProgram({"sh", "-c", "echo starting >&2; exec tail -f /dev/null"}, Deadline::in(2s));
    });
    EXPECT_THAT(message, StartsWith("timed out running 'sh -c echo starting >&2; exec tail -f /dev/null'"));
    EXPECT_THAT(message, EndsWith("which wrote: starting"));
}

TEST(RunProgram, EndsWithItsProgramEvenWhenItLeftSomethingBehindThatHoldsThePipe) {
    const auto answer = runProgram({"sh", "-c", "tail -f /dev/null & echo done"}, soon());
    EXPECT_EQ(answer.out, "done\n");
    EXPECT_TRUE(answer.succeeded());
}

TEST(RunProgram, EndsWithTheLatch) {
    FailureLatch latch;
    latch.declare("interrupted");
    const RunProgramOptions options{.failure = &latch};
    EXPECT_EQ(errorOf<GuestError>([&] { runProgram({"tail", "-f", "/dev/null"}, Deadline::never(), options); }), "interrupted");
}

TEST(RunProgram, FindsProgramsInPathOnly) {
    const ScopedVariable path("PATH", "/nonexistent:/usr/bin:/bin");
    ASSERT_TRUE(findProgram("sh"));
    EXPECT_EQ(findProgram("sh")->filename(), "sh");
    EXPECT_FALSE(findProgram("boxtest-no-such-program"));
    EXPECT_FALSE(findProgram(""));
    EXPECT_EQ(findProgram("./here"), "./here");
    const ScopedVariable nowhere("PATH", "/nonexistent");
    EXPECT_FALSE(findProgram("sh"));
}

}  // namespace
}  // namespace boxtest
