#include "base/Process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

/// Reads until the text arrives or the other end is closed; with an empty text, until the other end is closed.
std::string readUntil(const FileDescriptor& from, const std::string& text) {
    std::string all;
    for (char c = 0; text.empty() || all.find(text) == std::string::npos; all += c) {
        waitFor(from.get(), POLLIN, soon(), "the output of a child");
        if (::read(from.get(), &c, 1) != 1) break;
    }
    return all;
}

/// Options for a child that reads a pipe: it runs until its input ends or it is terminated.
ProcessOptions waiting() { return {.input = Stream::pipe, .output = Stream::pipe}; }

TEST(Process, TellsTheExitStatus) {
    auto child = Process::start({"sh", "-c", "exit 7"});
    const auto status = child.wait(soon());
    EXPECT_EQ(status.code, 7);
    EXPECT_FALSE(status.signal);
    EXPECT_EQ(status.describe(), "exited with status 7");
    EXPECT_EQ(child.exitStatus()->code, 7);
}

TEST(Process, TellsTheSignalThatKilledIt) {
    auto child = Process::start({"sh", "-c", "kill -9 $$"});
    EXPECT_EQ(child.wait(soon()).describe(), "was killed by signal 9 (Killed)");
}

TEST(Process, HasNoExitStatusWhileItRuns) {
    auto child = Process::start({"cat"}, waiting());
    EXPECT_FALSE(child.exitStatus());
    EXPECT_EQ(errorOf<TimeoutError>([&] { child.wait(Deadline::in(1ms)); }), "timed out waiting for 'cat' to end");
    child.input().reset();
    EXPECT_TRUE(child.wait(soon()).succeeded());
}

TEST(Process, PassesBytesThroughItsPipes) {
    auto child = Process::start({"cat"}, waiting());
    ASSERT_EQ(::write(child.input().get(), "hello\n", 6), 6);
    EXPECT_EQ(readUntil(child.output(), "\n"), "hello\n");
}

TEST(Process, TakesWordsAsTheyAreWithoutAShell) {
    EXPECT_EQ(runProgram({"printf", "%s|", "$HOME", "a b", "", "*"}, soon()).out, "$HOME|a b||*|");
}

TEST(Process, SaysWhichProgramCouldNotBeStartedAndWhy) {
    EXPECT_EQ(errorOf<SystemError>([] { Process::start({"boxtest-no-such-program"}); }),
              "cannot start 'boxtest-no-such-program': No such file or directory");
    EXPECT_EQ(errorOf<SystemError>([] { Process::start({"/nonexistent/program"}); }),
              "cannot start '/nonexistent/program': No such file or directory");
    EXPECT_EQ(errorOf<SystemError>([] { Process::start({"/dev/null"}); }), "cannot start '/dev/null': Permission denied");
    EXPECT_EQ(errorOf<SystemError>([] { Process::start({"true"}, {.folder = "/nonexistent"}); }),
              "cannot start 'true' in '/nonexistent': No such file or directory");
}

int exitHandlerPipe = -1;

TEST(Process, AFailedStartRunsNoExitHandlerOfOursInTheChild) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK), 0);
    exitHandlerPipe = ends[1];
    std::atexit([] {
        if (exitHandlerPipe >= 0) [[maybe_unused]]
            const auto written = ::write(exitHandlerPipe, "x", 1);
    });
    EXPECT_THROW(Process::start({"/nonexistent/program"}), SystemError);
    char c = 0;
    EXPECT_EQ(::read(ends[0], &c, 1), -1);
    EXPECT_EQ(errno, EAGAIN);
    exitHandlerPipe = -1;
    for (const int fd : ends) ::close(fd);
}

TEST(Process, InheritsNoDescriptorButThoseItIsGiven) {
    std::array<int, 2> leaked{};
    std::array<int, 2> kept{};
    ASSERT_EQ(::pipe(leaked.data()), 0);
    ASSERT_EQ(::pipe2(kept.data(), O_CLOEXEC), 0);
    const int high = ::fcntl(leaked[0], F_DUPFD, 200);
    // Each descriptor is tested separately: a program that lists a folder opens a further descriptor, and so does a pipeline.
    std::vector<std::string> command{"sh", "-c", "for fd; do if [ -e /proc/$$/fd/$fd ]; then echo $fd; fi; done", "sh"};
    for (const int fd : {leaked[0], leaked[1], kept[0], kept[1], high}) command.push_back(std::to_string(fd));
    auto child = Process::start(command, {.output = Stream::pipe, .keepOpen = {kept[1]}});
    EXPECT_EQ(readUntil(child.output(), ""), std::to_string(kept[1]) + "\n");
    for (const int fd : {leaked[0], leaked[1], kept[0], kept[1], high}) ::close(fd);
}

TEST(Process, StartsWithDefaultSignalsWhateverOursAre) {
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto pipeBefore = ::signal(SIGPIPE, SIG_IGN);
    const auto answer = runProgram({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}, soon());
    ::signal(SIGPIPE, pipeBefore);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(answer.out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Process, GetsTheEnvironmentAndTheFolderItIsGiven) {
    const TemporaryFolder folder("process");
    auto child = Process::start({"sh", "-c", "pwd; echo $BOXTEST_ADDED; echo $PATH"},
                                {.output = Stream::pipe, .environment = {{"BOXTEST_ADDED", "a value"}}, .folder = folder.path()});
    EXPECT_EQ(readUntil(child.output(), ""), folder.path().string() + "\na value\n" + std::getenv("PATH") + "\n");
}

TEST(Process, DoesNotGetTheVariablesThatAreLeftOut) {
    const ScopedVariable one("BOXTEST_ONE", "1");
    const ScopedVariable two("BOXTEST_TWO", "2");
    auto child = Process::start({"sh", "-c", "echo ${BOXTEST_ONE-none} ${BOXTEST_TWO-none}"},
                                {.output = Stream::pipe, .withoutVariables = {"BOXTEST_ONE", "BOXTEST_THREE"}});
    EXPECT_EQ(readUntil(child.output(), ""), "none 2\n");
}

TEST(Process, IsEndedAndReapedWithTheObject) {
    pid_t pid = 0;
    {
        const auto child = Process::start({"cat"}, waiting());
        pid = child.pid();
        EXPECT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_EQ(errno, ESRCH);
}

TEST(Process, ThatIgnoresSigtermIsKilledAfterTheGrace) {
    auto options = waiting();
    options.ownGroup = true;
    auto child = Process::start({"sh", "-c", "trap '' TERM; echo ready; cat; cat"}, options);
    EXPECT_EQ(readUntil(child.output(), "\n"), "ready\n");
    EXPECT_EQ(child.terminate(10ms).signal, SIGKILL);
}

TEST(Process, TakesItsGroupWithIt) {
    auto options = waiting();
    options.ownGroup = true;
    // The background process ignores SIGTERM and keeps the output open.
    auto child = Process::start({"sh", "-c", "(trap '' TERM; echo ready; exec tail -f /dev/null) & exec cat"}, options);
    EXPECT_EQ(readUntil(child.output(), "\n"), "ready\n");
    child.terminate(10s);
    EXPECT_EQ(readUntil(child.output(), ""), "");
}

TEST(Process, OfAThreadThatEndsIsKilledByTheKernel) {
    std::optional<Process> child;
    std::thread([&] { child = Process::start({"cat"}, waiting()); }).join();
    EXPECT_EQ(child->wait(soon()).signal, SIGKILL);
}

TEST(Process, OutlivesItsThreadWhenItShall) {
    std::optional<Process> child;
    auto options = waiting();
    options.dieWithParent = false;
    std::thread([&] { child = Process::start({"cat"}, options); }).join();
    ASSERT_EQ(::write(child->input().get(), "alive\n", 6), 6);
    EXPECT_EQ(readUntil(child->output(), "\n"), "alive\n");
}

TEST(Process, AWaitForItEndsWithTheLatch) {
    FailureLatch latch;
    latch.declare("interrupted");
    auto child = Process::start({"cat"}, waiting());
    EXPECT_EQ(errorOf<GuestError>([&] { child.wait(Deadline::never(), &latch); }), "interrupted");
}

}  // namespace
}  // namespace boxtest
