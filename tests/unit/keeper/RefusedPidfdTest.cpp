#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "keeper/Keeper.hpp"
#include "keeper/KeeperClient.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

/// In this process pidfd_open(2) fails with this error from now on, as in a container whose profile does not know the call.
bool refusePidfds(int error) {
    std::array<sock_filter, 4> program{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter{program.size(), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Runs the action in a child process in which pidfd_open(2) fails. Returns the message of the SystemError that it throws.
std::string refusedIn(int error, const std::function<void()>& action) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return "no pipe";
    const auto child = ::fork();
    if (child == 0) {
        std::string said = "no filter";
        if (refusePidfds(error)) {
            said = "no error";
            try {
                action();
            } catch (const SystemError& refused) {
                said = refused.what();
            }
        }
        const bool whole = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
        std::_Exit(whole ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said;
    std::array<char, 4096> part{};
    for (ssize_t size = 0; (size = ::read(ends[0], part.data(), part.size())) > 0;)
        said.append(part.data(), static_cast<std::size_t>(size));
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
}

class NoMachine final : public Keeper::OwnedMachine {
   public:
    const MachineInfo& info() const override { return info_; }
    void giveUp() override {}

   private:
    MachineInfo info_;
};

TEST(RefusedPidfd, StartsNoProcessThatNobodyCouldWatch) {
    TemporaryFolder folder("pidfd");
    const auto file = (folder.path() / "made").string();
    for (const int error : {ENOSYS, EPERM})
        EXPECT_THAT(refusedIn(error,
                              [&] {
                                  Process::start({"touch", file}).wait(soon());
                              }),
                    testing::HasSubstr("refuses pidfd_open(2)"));
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(RefusedPidfd, IsNotTakenForAMachineThatIsDown) {
    TemporaryFolder folder("pidfd");
    RecordingLog log;
    std::promise<void> ready;
    Keeper keeper(folder.path(), "/guest");
    const Keeper::Boot boot = [](Log&, FailureLatch&, const Keeper::Booting&) { return std::make_unique<NoMachine>(); };
    auto kept = std::async(std::launch::async, [&] { keeper.keep(boot, log, [&] { ready.set_value(); }); });
    ready.get_future().wait();
    EXPECT_THAT(refusedIn(EPERM, [&] { KeeperClient::connect(folder.path(), log); }),
                testing::HasSubstr("refuses pidfd_open(2)"));
    EXPECT_TRUE(KeeperClient::connect(folder.path(), log)) << "it goes on, and who may watch it reaches it";
    keeper.end("the test is over");
    kept.get();
}

}  // namespace
}  // namespace boxtest
