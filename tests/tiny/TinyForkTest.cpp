/// Properties of a fork of a real machine: unmodified, isolated from other forks, with the host's time.
#include <gmock/gmock.h>

#include <chrono>
#include <future>

#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "ssh/Tunnel.hpp"
#include "tiny/EchoClient.hpp"
#include "tiny/TinyFixture.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

class TinyFork : public TinyFixture {
   protected:
    /// Seconds by which the guest's clock differs from the host's, without the time that reading it takes.
    double clockError(const Fork& fork) {
        using Seconds = std::chrono::duration<double>;
        auto connection = session(fork);
        const auto now = [] { return Seconds(std::chrono::system_clock::now().time_since_epoch()).count(); };
        const auto before = now();
        const auto guests = std::stod(connection.run("date +%s").out);
        const auto after = now();
        // `date +%s` prints whole seconds.
        if (guests + 1 < before) return guests + 1 - before;
        return guests > after ? guests - after : 0;
    }
    void expectText(const std::filesystem::path& file, const std::string& text) {
        for (const auto deadline = patiently(); readWholeFile(file).find(text) == std::string::npos;
             pauseBetweenTries(std::chrono::milliseconds(50), deadline))
            if (deadline.expired()) return ADD_FAILURE() << "'" << text << "' never came to " << file, void();
    }
};

TEST_F(TinyFork, SeesNothingOfWhatAnotherWrites) {
    const auto write = "for f in /run/mark /root/mark /disk/mark; do echo mine >$f || exit 1; done; sync";
    const auto look = "for f in /run/mark /root/mark /disk/mark; do cat $f 2>/dev/null || echo none; done";
    const auto beside = fork();
    {
        const auto first = fork();
        told(*first, write);
        EXPECT_EQ(told(*first, look), "mine\nmine\nmine\n");
        EXPECT_EQ(told(*beside, look), "none\nnone\nnone\n");
    }
    EXPECT_EQ(told(*fork(), look), "none\nnone\nnone\n");
    EXPECT_EQ(template_->record().damage(template_->folder(), template_->guest()), std::nullopt);
}

TEST_F(TinyFork, HasTheHostsTimeAsSoonAsItRuns) {
    const auto machine = fork();
    EXPECT_LE(std::abs(clockError(*machine)), 1);
}

TEST_F(TinyFork, HasItsTimeAgainAfterItStoodStill) {
    const auto machine = fork();
    machine->pause(patiently());
    pauseBetweenTries(std::chrono::seconds(3), patiently());
    machine->run(patiently());
    EXPECT_LE(std::abs(clockError(*machine)), 1);
}

/// A kernel that measures its counter while the host is busy gets it wrong by a factor; it must not measure it.
TEST_F(TinyFork, HasAClockThatGoesAsFastAsTheHosts) {
    const auto machine = fork();
    auto connection = session(*machine);
    const auto now = [] { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); };
    const auto uptime = [&] { return std::stod(connection.run("cat /proc/uptime").out); };
    // The readings enclose each other: the rate lies between the two quotients, however long they take.
    const auto outerBegin = now();
    const auto begin = uptime();
    const auto innerBegin = now();
    pauseBetweenTries(std::chrono::seconds(3), patiently());
    const auto innerEnd = now();
    const auto end = uptime();
    const auto outerEnd = now();
    EXPECT_GE((end - begin) / (innerEnd - innerBegin), 0.9);
    EXPECT_LE((end - begin) / (outerEnd - outerBegin), 1.1);
}

TEST_F(TinyFork, IsToldFromAnotherByItsTokenAlone) {
    const auto one = fork();
    const auto other = fork();
    auto mistaken = one->sshTarget();
    mistaken.port = other->info().ports.ssh;
    EXPECT_THAT(errorOf<HostKeyError>([&] { Session::connect(mistaken, "root", one->guest().ssh.keyOf("root"), patiently()); }),
                HasSubstr("it has the right host key, but shows another token"));
}

TEST_F(TinyFork, HasRandomNumbersOfItsOwn) {
    const auto one = fork();
    const auto other = fork();
    const auto look = "head -c 16 /dev/urandom | hexdump -C";
    EXPECT_NE(told(*one, look), told(*other, look));
}

TEST_F(TinyFork, KeepsItsDiskOverARebootAndNothingElse) {
    const auto machine = fork();
    told(*machine, "echo mine | tee /disk/mark >/root/mark; sync");
    box_.carryOut(
        "reboot", machine->guest(), machine->info(), [&](const auto& ask) { machine->reboot(ask, patiently()); }, log_, failure_,
        patiently());
    EXPECT_EQ(told(*machine, "cat /disk/mark; cat /root/mark 2>/dev/null || echo none"), "mine\nnone\n");
    EXPECT_LE(std::abs(clockError(*machine)), 1);
    EXPECT_EQ(told(*machine, "cat /run/token"), machine->info().token + "\n");
}

/// As `boxtest up` does: the guest may reboot without being asked to, more than once.
TEST_F(TinyFork, GoesOnAfterItsGuestRebootsByItselfIfThatIsPermitted) {
    const auto machine = fork();
    told(*machine, "echo mine >/disk/mark; sync");
    machine->machine().onReset(OnReset::goOn, patiently());
    for (int reboots = 0; reboots < 2; ++reboots) {
        told(*machine, "touch /run/before; (sleep 1; reboot -f) >/dev/null 2>&1 &");
        machine->machine().waitForReset(patiently());
        machine->settleAfterReboot(patiently());
        box_.waitUntilReady(machine->guest(), machine->info(), log_, failure_, patiently());
        EXPECT_EQ(told(*machine, "cat /disk/mark; ls /run/before 2>/dev/null || echo gone"), "mine\ngone\n");
        EXPECT_EQ(told(*machine, "cat /run/token"), machine->info().token + "\n");
        EXPECT_LE(std::abs(clockError(*machine)), 1);
    }
}

TEST_F(TinyFork, ReachesANeighbourAndNobodyElse) {
    const auto one = fork();
    const auto other = fork();
    const auto join = [&](const Fork& fork, const std::string& last) {
        // Both forks' network cards have one MAC address, that of the template.
        told(fork, "ip link set eth1 address 52:54:00:b0:c5:" + last + "; ip address add 10.9.0." + last +
                       "/24 dev eth1; ip link set eth1 up");
    };
    join(*one, "11");
    join(*other, "12");
    const auto knock = "nc -w 5 10.9.0.12 22 </dev/null | head -c 8";
    EXPECT_THAT(told(*one, std::string(knock) + " || true"), Not(HasSubstr("SSH-2.0"))) << "before they share a segment";
    one->shareSegmentWith(*other);
    EXPECT_EQ(told(*one, knock), "SSH-2.0-");
    EXPECT_EQ(told(*other, "nc -w 5 10.9.0.11 22 </dev/null | head -c 8"), "SSH-2.0-");
}

TEST_F(TinyFork, WritesItsConsoleToAFile) {
    const auto machine = fork();
    told(*machine, "echo 'said on the console' >/dev/console");
    expectText(machine->info().console(), "said on the console\n");
}

TEST_F(TinyFork, CarriesMuchThroughATunnelAndEachEnd) {
    const auto machine = fork();
    auto connection = session(*machine, "user");
    const auto tunnel = Tunnel::toUnixSocket(connection, echoSocket());
    const EchoClient client(tunnel.socket());
    const std::string text(1 << 20, 'x');
    const auto sender = std::async(std::launch::async, [&] {
        client.send(text, patiently());
        client.finish();
    });
    // Reads to the end of file that the guest sends after the client's own.
    EXPECT_EQ(client.receive(text.size() + 1, patiently()).size(), text.size());
}

TEST_F(TinyFork, TellsTheMemoryThatOnlyItUses) {
    const auto machine = fork();
    const auto before = machine->privateMemory();
    EXPECT_GT(before, 0U);
    told(*machine, "dd if=/dev/zero of=/run/much bs=1M count=20 2>/dev/null; tr '\\0' x </run/much >/run/more");
    EXPECT_GT(machine->privateMemory(), before + (std::uint64_t{30} << 20));
}

TEST_F(TinyFork, LeavesNothing) {
    auto machine = fork();
    const auto folder = machine->info().folder;
    const auto process = machine->machine().processHandle();
    machine.reset();
    expectNothingLeftOf(folder);
    pollfd ended{process.get(), POLLIN, 0};
    EXPECT_TRUE(poll({&ended, 1}, patiently())) << "QEMU is left";
}

}  // namespace
}  // namespace boxtest
