/// Unexpected ends of a real machine: every wait ends at once with the reason, and no process or file remains.
#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>
#include <optional>

#include "base/Event.hpp"
#include "base/Poll.hpp"
#include "ssh/Tunnel.hpp"
#include "tiny/EchoClient.hpp"
#include "tiny/TinyFixture.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto byItself = "the guest powered off or rebooted by itself (QEMU exited with status 0";

class MachineEnd : public TinyFixture {
   protected:
    /// A command that does not end by itself, and a connection through a tunnel.
    class Waits {
       public:
        Waits(Session made, const std::string& socket)
            : session_(std::move(made)), tunnel_(Tunnel::toUnixSocket(*session_, socket)), client_(tunnel_.socket()) {
            EXPECT_EQ(client_.exchange("there", patiently()), "there");
            command_ = std::async(std::launch::async, [this] {
                RunOptions forLong;
                forLong.deadline = Deadline::in(std::chrono::hours(1));
                try {
                    return "ended: " + session_->run("sleep 100000", forLong).describe();
                } catch (const Error& error) {
                    return std::string(toString(error.kind())) + ": " + error.what();
                }
            });
        }
        Waits(const Waits&) = delete;
        Waits& operator=(const Waits&) = delete;
        /// Ends the command if it still runs.
        ~Waits() { session_.reset(); }

        /// Returns how the command ended: its result, or the kind and text of its error.
        std::string ended() { return command_.get(); }
        bool tunnelHasEnded() const { return client_.receive(1, patiently()).empty(); }
        bool alive() const { return session_->alive(); }

       private:
        std::optional<Session> session_;
        Tunnel tunnel_;
        EchoClient client_;
        std::future<std::string> command_;
    };

    static void signal(Fork& fork, int number) {
        const auto process = fork.machine().processHandle();
        ASSERT_EQ(::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0), 0);
    }
    /// Calls `end`, which ends the machine, during waits for it. Expects the reason in each wait, and that nothing remains.
    void expectEnd(const std::function<void(Fork&)>& end, const testing::Matcher<std::string>& said) {
        auto machine = fork();
        const auto folder = machine->info().folder;
        Waits waits(session(*machine, "user"), echoSocket());
        end(*machine);
        // The wait ends with the machine's reason, or when QEMU's sockets close; either may happen first.
        EXPECT_THAT(waits.ended(), AnyOf(StartsWith("guest: "), StartsWith("transport: the SSH session of 'user' at ")));
        EXPECT_TRUE(waits.tunnelHasEnded());
        EXPECT_FALSE(waits.alive());
        waitFor(failure_.fd(), POLLIN, patiently(), "the machine's failure");
        EXPECT_THAT(failure_.reason().value_or(""), said);
        EXPECT_THROW(session(*machine), GuestError);
        machine.reset();
        expectNothingLeftOf(folder);
        // A further fork works: the declared latch belongs to the ended machine only.
        FailureLatch fresh;
        const auto next = Fork::prepare(template_, log_, fresh, patiently());
        next->run(patiently());
    }
    /// Runs a script as root in the guest; the script's own session does not receive its result.
    std::function<void(Fork&)> byRoot(const std::string& script) {
        return [this, script](Fork& machine) {
            try {
                session(machine).run(script);
            } catch (const Error&) {
                // Expected: the machine ends while the script runs.
            }
        };
    }
};

TEST_F(MachineEnd, OfAKilledQemuNamesTheSignal) {
    expectEnd([](Fork& machine) { signal(machine, SIGKILL); }, HasSubstr("QEMU was killed by signal 9"));
}

TEST_F(MachineEnd, OfAGuestThatPowersOffByItself) { expectEnd(byRoot("poweroff -f"), StartsWith(byItself)); }

TEST_F(MachineEnd, OfAGuestThatRebootsByItself) { expectEnd(byRoot("reboot -f"), StartsWith(byItself)); }

TEST_F(MachineEnd, OfAGuestWhoseKernelPanicsHasThePanicsText) {
    expectEnd(byRoot("echo c >/proc/sysrq-trigger"), AllOf(HasSubstr("the guest's kernel"), HasSubstr("sysrq triggered crash")));
}

/// A QEMU that is stopped for a while (suspended host, debugger) continues afterwards, with its sessions.
TEST_F(MachineEnd, IsNoneWhenQemuIsStoppedForAWhile) {
    const auto machine = fork();
    auto connection = session(*machine);
    signal(*machine, SIGSTOP);
    RunOptions brief;
    brief.deadline = Deadline::in(std::chrono::milliseconds(1500));
    EXPECT_THAT(errorOf<CommandTimeout>([&] { connection.run("true", brief); }),
                StartsWith("timed out waiting for the command 'true'"));
    signal(*machine, SIGCONT);
    EXPECT_TRUE(connection.run("true").succeeded()) << "the session has lived on";
    EXPECT_TRUE(connection.alive());
}

/// QEMU runs for a third of the time, as when three processes share one core.
TEST_F(MachineEnd, IsNoneOnAHostThatIsThreeTimesSlower) {
    const auto machine = prepared();
    Event over;
    auto slower = std::async(std::launch::async, [&] {
        const auto process = machine->machine().processHandle();
        const auto tell = [&](int number) { ::syscall(SYS_pidfd_send_signal, process.get(), number, nullptr, 0); };
        pollfd end{over.fd(), POLLIN, 0};
        for (bool ended = false; !ended;) {
            tell(SIGSTOP);
            ended = poll({&end, 1}, Deadline::in(std::chrono::milliseconds(60)));
            tell(SIGCONT);
            ended = ended || poll({&end, 1}, Deadline::in(std::chrono::milliseconds(30)));
        }
    });
    EXPECT_NO_THROW(machine->run(patiently()));
    auto connection = session(*machine, "user");
    const auto tunnel = Tunnel::toUnixSocket(connection, echoSocket());
    EXPECT_EQ(EchoClient(tunnel.socket()).exchange("slowly", patiently()), "slowly");
    over.set();
    slower.get();
}

TEST_F(MachineEnd, IsNoneWhenTheGuestsClockRunsWild) {
    const auto machine = fork();
    auto connection = session(*machine);
    for (const auto* time : {"2040-01-01 00:00:00", "1999-01-01 00:00:00"}) {
        EXPECT_TRUE(connection.run({"date", "-s", time}).succeeded());
        EXPECT_TRUE(session(*machine).run("true").succeeded()) << "nobody gets in any more";
    }
    machine->pause(patiently());
    machine->run(patiently());
    EXPECT_EQ(told(*machine, "date +%Y").substr(0, 2), "20") << "it was not set again";
}

TEST_F(MachineEnd, OfASessionWhenItsServerIsKilledIsTheSessionsAlone) {
    const auto machine = fork();
    Waits waits(session(*machine, "user"), echoSocket());
    // Kills the processes of all sessions; the listener continues.
    try {
        session(*machine).run("killall -9 sshd-session");
    } catch (const SessionLost&) {
        // Expected: the command kills its own session as well.
    }
    EXPECT_THAT(waits.ended(), StartsWith("transport: the SSH session of 'user' at "));
    EXPECT_TRUE(waits.tunnelHasEnded());
    EXPECT_EQ(told(*machine, "echo well"), "well\n");
}

TEST_F(MachineEnd, OfTheNetworkIsNoticedByTheDeadlineAndHeals) {
    const auto machine = fork();
    auto connection = session(*machine);
    auto& qmp = machine->machine().qmp();
    qmp.execute("set_link", {{"name", "net"}, {"up", false}}, patiently());
    RunOptions brief;
    brief.deadline = Deadline::in(std::chrono::milliseconds(1500));
    EXPECT_THROW(connection.run("true", brief), CommandTimeout);
    EXPECT_THROW(Session::connect(machine->sshTarget(), "root", machine->guest().ssh.keyOf("root"),
                                  Deadline::in(std::chrono::milliseconds(1500))),
                 Error);
    qmp.execute("set_link", {{"name", "net"}, {"up", true}}, patiently());
    EXPECT_TRUE(connection.run("true").succeeded());
    EXPECT_EQ(told(*machine, "echo well"), "well\n");
}

}  // namespace
}  // namespace boxtest
