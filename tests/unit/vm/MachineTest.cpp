#include "vm/Machine.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/FakeHost.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

bool runs(pid_t pid) { return ::kill(pid, 0) == 0; }

bool accepts(std::uint16_t port) {
    const FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// The reason with which every wait on the machine ends.
std::string endOfWaits(FakeHost& host) {
    return errorOf<GuestError>([&] { poll({}, soon(), &host.failure); });
}

/// Sends the fake QEMU a command by which the machine is lost, before or after QEMU has answered.
void provoke(Machine& machine, const std::string& command) {
    try {
        machine.qmp().execute(command, soon());
    } catch (const GuestError&) {
    }
}

TEST(Machine, BootsAndForwardsThreeDifferentPorts) {
    FakeHost host;
    auto machine = host.boot();
    EXPECT_TRUE(runs(machine.pid()));
    const auto ports = machine.ports();
    EXPECT_TRUE(accepts(ports.ssh) && accepts(ports.http) && accepts(ports.https));
    EXPECT_NE(ports.ssh, ports.http);
    EXPECT_NE(ports.http, ports.https);
    EXPECT_FALSE(machine.failure().reason());
    EXPECT_NO_THROW(machine.console().waitForKernel(soon()));
    EXPECT_EQ(machine.qmp().execute("fake-nothing", soon()), nlohmann::json::object());
}

TEST(Machine, KeepsItsSocketAndDiskToItself) {
    FakeHost host;
    const auto machine = host.boot();
    struct stat found {};
    ASSERT_EQ(::stat((machine.folder() / "qmp.sock").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((machine.folder() / "overlay.qcow2").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST(Machine, StopsWhenAskedAndThatIsNoFailure) {
    FakeHost host;
    auto machine = host.boot();
    const auto pid = machine.pid();
    machine.stop(soon());
    EXPECT_FALSE(runs(pid));
    EXPECT_FALSE(machine.failure().reason());
    EXPECT_FALSE(std::filesystem::exists(host.folder.path() / "qmp.sock"));
    EXPECT_TRUE(std::filesystem::exists(host.folder.path() / "console.log"));
    EXPECT_NO_THROW(machine.stop(soon()));
    EXPECT_THAT(host.log.lines(), IsEmpty());
}

TEST(Machine, EndsQemuWithTheObject) {
    FakeHost host;
    pid_t pid = 0;
    {
        auto machine = host.boot();
        pid = machine.pid();
        const Machine moved(std::move(machine));
        EXPECT_TRUE(runs(pid));
    }
    EXPECT_FALSE(runs(pid));
    EXPECT_FALSE(host.failure.reason());
}

TEST(Machine, MayBeBootedByAThreadThatEnds) {
    FakeHost host;
    std::optional<Machine> machine;
    std::thread([&] { machine = host.boot(); }).join();
    EXPECT_EQ(machine->qmp().execute("fake-nothing", soon()), nlohmann::json::object());
    EXPECT_FALSE(host.failure.reason());
}

TEST(Machine, HasALatchOfItsOwnWhenItIsGivenNone) {
    FakeHost host;
    auto machine = Machine::boot({.guest = host.guest, .qemu = fakeQemu()}, {.folder = host.folder.path()}, host.log, soon());
    auto moved = std::move(machine);
    EXPECT_FALSE(moved.failure().reason());
    EXPECT_THROW(moved.qmp().execute("fake-die", soon()), GuestError);
    EXPECT_THAT(*moved.failure().reason(), HasSubstr("the disk image is corrupt"));
}

TEST(Machine, ThatDiesAtStartGivesQemusLastWords) {
    FakeHost host("fake.die-at-start");
    EXPECT_EQ(
        errorOf<GuestError>([&] { host.boot(); }),
        "QEMU exited with status 1; its last words: fake-qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory");
    std::ifstream log(host.folder.path() / "qemu.log");
    std::string line;
    std::getline(log, line);
    EXPECT_EQ(line, "fake-qemu: cannot set up guest memory 'pc.ram': Cannot allocate memory");
}

TEST(Machine, ThatDiesLaterEndsEveryWaitWithItsLastWords) {
    FakeHost host;
    auto machine = host.boot();
    provoke(machine, "fake-die");
    EXPECT_EQ(endOfWaits(host), "QEMU exited with status 3; its last words: fake-qemu: the disk image is corrupt; please repair");
}

TEST(Machine, ThatIsKilledSaysByWhichSignal) {
    FakeHost host;
    auto machine = host.boot();
    ::kill(machine.pid(), SIGKILL);
    EXPECT_EQ(endOfWaits(host), "QEMU was killed by signal 9 (Killed) without a word");
}

TEST(Machine, WhoseKernelPanicsEndsEveryWaitWithThePanic) {
    FakeHost host;
    auto machine = host.boot();
    provoke(machine, "fake-panic");
    const auto message = endOfWaits(host);
    EXPECT_THAT(message, StartsWith("the guest's kernel had an oops"));
    EXPECT_THAT(message, HasSubstr("BUG: unable to handle page fault for address: ffffffffdeadbeef\n"));
    EXPECT_THAT(message, HasSubstr("Kernel panic - not syncing: Fatal exception\n"));
}

TEST(Machine, WhoseKernelPanicsWhileItBootsIsNotWaitedFor) {
    FakeHost host("fake.panic fake.hang-in-qmp");
    EXPECT_THAT(errorOf<GuestError>([&] { host.boot(); }), HasSubstr("Kernel panic - not syncing: Fatal exception\n"));
}

TEST(Machine, ThatPanickedStopsLikeAnyOther) {
    FakeHost host;
    auto machine = host.boot();
    provoke(machine, "fake-panic");
    endOfWaits(host);
    const auto pid = machine.pid();
    machine.stop(soon());
    EXPECT_FALSE(runs(pid));
}

TEST(Machine, ThatStopsInItsInitramfsEndsEveryWait) {
    FakeHost host;
    auto machine = host.boot();
    provoke(machine, "fake-prompt");
    EXPECT_THAT(endOfWaits(host), StartsWith("the guest stopped in a shell of its initramfs"));
}

TEST(Machine, WhoseKvmGivesUpEndsEveryWait) {
    FakeHost host;
    auto machine = host.boot();
    provoke(machine, "fake-kvm-error");
    EXPECT_THAT(endOfWaits(host), StartsWith("KVM stopped the guest: KVM internal error. Suberror: 3 (all of it: "));
}

TEST(Machine, IsReadyToBeUsedUnderAFloodOnTheConsole) {
    FakeHost host("fake.flood-console");
    auto machine = host.boot();
    EXPECT_NE(machine.ports().ssh, 0);
    machine.stop(soon());
    EXPECT_EQ(machine.console().tail(1), "the flood is over\n");
    EXPECT_FALSE(host.failure.reason());
}

TEST(Machine, ThatHangsInQmpIsATimeoutAndLeavesNoQemu) {
    FakeHost host("fake.hang-in-qmp");
    EXPECT_EQ(errorOf<TimeoutError>([&] { host.boot(Deadline::in(1s)); }),
              "timed out waiting for QEMU's answer to 'human-monitor-command'");
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST(Machine, WithoutItsForwardedPortsIsAGuestError) {
    FakeHost host("fake.no-forwards");
    EXPECT_THAT(errorOf<GuestError>([&] { host.boot(); }), StartsWith("QEMU does not forward the guest's ports 22, 80 and 443"));
}

TEST(Machine, ThatIgnoresQuitAndSigtermIsKilledAndTheLogSaysSo) {
    FakeHost host("fake.ignore-quit fake.ignore-sigterm");
    auto machine = host.boot();
    const auto pid = machine.pid();
    machine.stop(Deadline::in(200ms));
    EXPECT_FALSE(runs(pid));
    EXPECT_THAT(host.log.lines(), ElementsAre("QEMU (pid " + std::to_string(pid) + ") did not quit when asked, and was killed"));
    EXPECT_FALSE(host.failure.reason());
}

TEST(Machine, ThatDoesNotAnswerQuitIsEndedBySigterm) {
    FakeHost host;
    auto machine = host.boot();
    EXPECT_THROW(machine.qmp().execute("fake-hang", Deadline::in(10ms)), TimeoutError);
    // Like Ctrl-C: from now on nothing waits for QMP.
    host.failure.declare("interrupted");
    machine.stop(soon());
    EXPECT_FALSE(runs(machine.pid()));
    EXPECT_THAT(host.log.lines(), IsEmpty());
}

TEST(Machine, IsNotBootedOnceTheLatchIsDeclared) {
    FakeHost host;
    host.failure.declare("interrupted");
    EXPECT_EQ(errorOf<GuestError>([&] { host.boot(); }), "interrupted");
}

TEST(Machine, SaysWhichOverlayCouldNotBeMade) {
    FakeHost host;
    std::filesystem::remove(host.guest.boot.disk);
    const auto message = errorOf<Error>([&] { host.boot(); });
    EXPECT_THAT(message, StartsWith("cannot make the overlay '" + (host.folder.path() / "overlay.qcow2").string() + "' of '" +
                                    host.guest.boot.disk.string() + "': "));
    EXPECT_THAT(message, EndsWith("No such file or directory"));
}

TEST(Machine, InAFolderWithATooLongNameIsAnErrorThatNamesTheSocket) {
    FakeHost host;
    const auto deep = host.folder.path() / std::string(100, 'd');
    std::filesystem::create_directory(deep);
    EXPECT_EQ(errorOf<SystemError>(
                  [&] { Machine::boot({.guest = host.guest, .qemu = fakeQemu()}, {.folder = deep}, host.log, soon()); }),
              "cannot use '" + (deep / "qmp.sock").string() + "' as a socket: File name too long");
}

/// QEMU must end when the harness crashes.
TEST(Machine, DiesWithTheProcessThatOwnsIt) {
    FakeHost host;
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    // QEMU becomes a child of this process when its parent dies, so that this process can wait for its end.
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    const pid_t harness = ::fork();
    if (harness == 0) {
        const auto machine = host.boot();
        const pid_t pid = machine.pid();
        [[maybe_unused]] const auto written = ::write(ends[1], &pid, sizeof pid);
        ::raise(SIGKILL);
    }
    ::close(ends[1]);
    const FileDescriptor told(ends[0]);
    pid_t qemu = 0;
    waitFor(told.get(), POLLIN, soon(), "the harness to boot");
    ASSERT_EQ(::read(told.get(), &qemu, sizeof qemu), static_cast<ssize_t>(sizeof qemu));
    ::waitpid(harness, nullptr, 0);
    const auto deadline = soon();
    int status = 0;
    while (::waitpid(qemu, &status, WNOHANG) == 0 && !deadline.expired()) pauseBetweenTries(5ms, deadline);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace boxtest
