#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;

constexpr int givenUp = 42;

/// A process outside the PID namespace. It traces a process inside and ignores that tracee's end, so that the tracee cannot be
/// reaped.
[[noreturn]] void trace(int from, int to) {
    pid_t pid = 0;
    if (::read(from, &pid, sizeof pid) != sizeof pid) std::_Exit(1);
    const char traced = ::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0 ? 'y' : 'n';
    if (::write(to, &traced, 1) != 1) std::_Exit(1);
    for (;;) ::pause();
}

/// Returns the only child of a process; 0 if it has no child yet.
pid_t childOf(pid_t parent) {
    pid_t child = 0;
    std::ifstream(std::string("/proc/") + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children") >> child;
    return child;
}

/// The first process of a PID namespace ends only after all other processes in it are reaped. While a tracer that ignores events
/// traces one of them, SIGKILL does not end the first process.
int giveUpWhatCannotBeKilled() {
    std::array<int, 2> to{}, from{};
    if (::pipe(to.data()) != 0 || ::pipe(from.data()) != 0) return 1;
    const auto tracer = ::fork();
    if (tracer == 0) trace(to[0], from[1]);
    if (::unshare(CLONE_NEWPID) != 0) return 2;
    ProcessOptions options;
    options.dieWithParent = false;
    int result = 3;
    auto begun = std::chrono::steady_clock::now();
    {
        auto first = Process::start({"sh", "-c", "sleep 600 & wait"}, options);
        pid_t child = 0;
        for (const auto deadline = soon(); child == 0 && !deadline.expired(); child = childOf(first.pid()))
            pauseBetweenTries(20ms, deadline);
        char traced = 'n';
        if (::write(to[1], &child, sizeof child) != sizeof child || ::read(from[0], &traced, 1) != 1 || traced != 'y') return 4;
        begun = std::chrono::steady_clock::now();
        try {
            first.terminate(0ms, 300ms);
        } catch (const TimeoutError& error) {
            if (std::string(error.what()).find("does not end although it was killed") != std::string::npos) result = givenUp;
        }
    }
    // The destructor gives up as well.
    if (std::chrono::steady_clock::now() - begun > 1min) result = 5;
    ::kill(tracer, SIGKILL);
    return result;
}

TEST(Unkillable, AProcessIsLeftAloneAfterAWhile) {
    ASSERT_EQ(::geteuid(), 0U) << "this test makes a namespace, which needs root";
    const auto child = ::fork();
    if (child == 0) std::_Exit(giveUpWhatCannotBeKilled());
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), givenUp);
}

}  // namespace
}  // namespace boxtest
