#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "AtOnce.hpp"
#include "Deadlines.hpp"
#include "base/FailureLatch.hpp"
#include "base/Poll.hpp"
#include "integration/LocalSshd.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/MessageOf.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Runs, in another thread, a command that writes until its output is closed. `started` is set just before. The result is the
/// kind and the message of the error that ends the command.
std::future<std::string> startEndlessCommand(Session& session, std::promise<void>&& started) {
    return std::async(std::launch::async, [&session, ready = std::move(started)]() mutable {
        ready.set_value();
        try {
            session.run("while echo tick; do sleep 0.1; done", {.input = {}, .deadline = soon()});
        } catch (const Error& error) {
            return std::string(toString(error.kind())) + ": " + error.what();
        }
        return std::string("ended");
    });
}

TEST(SessionLoss, RefusedPortIsNotYetListening) {
    std::uint16_t port = 0;
    const auto held = holdClosedPort(port);
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    EXPECT_EQ(messageOf<NotYetListening>([&] { Session::connect(target, "x", sshd.key(), soon()); }),
              "cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused");
}

TEST(SessionLoss, ServerThatAcceptsAndSaysNothingEndsAtTheDeadline) {
    std::uint16_t port = 0;
    const auto listening = listenOnLoopback(port);
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    EXPECT_EQ(messageOf<TimeoutError>([&] { Session::connect(target, "x", sshd.key(), shortly()); }),
              "timed out waiting for the SSH server of 127.0.0.1:" + std::to_string(port));
}

TEST(SessionLoss, ServerThatClosesBeforeItsBannerIsNotYetListening) {
    std::uint16_t port = 0;
    auto listening = listenOnLoopback(port);
    std::thread closer([&] { const FileDescriptor accepted(::accept(listening.get(), nullptr, nullptr)); });
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    EXPECT_THAT(messageOf<NotYetListening>([&] { Session::connect(target, "x", sshd.key(), soon()); }),
                HasSubstr("accepts connections, but no SSH server answers"));
    closer.join();
}

TEST(SessionLoss, ServerThatSpeaksAnotherProtocolIsRefused) {
    std::uint16_t port = 0;
    auto listening = listenOnLoopback(port);
    std::thread speaker([&] {
        const FileDescriptor accepted(::accept(listening.get(), nullptr, nullptr));
        const std::string text = "SSH-2.0-Fake\r\nthis is no key exchange, and long enough to be read as a packet\r\n";
        ::send(accepted.get(), text.data(), text.size(), MSG_NOSIGNAL);
        char byte = 0;
        while (::recv(accepted.get(), &byte, 1, 0) > 0) {
        }
    });
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    EXPECT_THAT(messageOf<TransportError>([&] { Session::connect(target, "x", sshd.key(), soon()); }),
                StartsWith("cannot make an SSH connection to 127.0.0.1:"));
    speaker.join();
}

TEST(SessionLoss, ServerThatFreezesDuringTheHandshakeEndsAtTheDeadline) {
    // The client connects and receives the banner, then nothing more.
    std::uint16_t port = 0;
    auto listening = listenOnLoopback(port);
    std::promise<void> over;
    std::thread speaker([&, end = over.get_future()] {
        const FileDescriptor accepted(::accept(listening.get(), nullptr, nullptr));
        const std::string text = "SSH-2.0-OpenSSH_9.2\r\n";
        ::send(accepted.get(), text.data(), text.size(), MSG_NOSIGNAL);
        end.wait();
    });
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    EXPECT_THAT(messageOf<TimeoutError>([&] { Session::connect(target, "x", sshd.key(), shortly()); }),
                StartsWith("timed out waiting for the SSH server of"));
    over.set_value();
    speaker.join();
}

TEST(SessionLoss, DeclaredLatchEndsAConnectionAttemptAtOnce) {
    std::uint16_t port = 0;
    const auto listening = listenOnLoopback(port);
    const LocalSshd sshd;
    auto target = sshd.target();
    target.port = port;
    FailureLatch latch;
    const AtOnce measured;
    std::thread declarer([&] { latch.declare("the kernel panicked"); });
    EXPECT_EQ(messageOf<GuestError>([&] { Session::connect(target, "x", sshd.key(), Deadline::never(), &latch); }),
              "the kernel panicked");
    declarer.join();
}

TEST(SessionLoss, KilledServerEndsEveryWaiterAtOnce) {
    LocalSshd sshd;
    auto session = sshd.connect();
    std::vector<std::future<std::string>> waiters;
    for (int i = 0; i < 3; ++i) {
        std::promise<void> started;
        auto ready = started.get_future();
        waiters.push_back(startEndlessCommand(session, std::move(started)));
        ready.wait();
    }
    ASSERT_TRUE(session.run("true").succeeded());
    const AtOnce measured;
    sshd.kill();
    for (auto& waiter : waiters) EXPECT_THAT(waiter.get(), StartsWith("transport: the SSH session of '" + sshd.user() + "' at "));
    EXPECT_FALSE(session.alive());
    EXPECT_THAT(messageOf<SessionLost>([&] { session.run("true"); }), HasSubstr("was lost: Socket error"));
    EXPECT_EQ(session.tryDirectTcpip("127.0.0.1", 1).answer, TcpAnswer::gone);
    EXPECT_THROW(session.tryUnixSocket("/x"), SessionLost);
    EXPECT_THROW(Tunnel::toUnixSocket(session, "/x"), SessionLost);
}

TEST(SessionLoss, FrozenServerEndsACommandAtItsDeadline) {
    LocalSshd sshd;
    auto session = sshd.connect();
    ASSERT_TRUE(session.run("true").succeeded());
    sshd.freeze();
    EXPECT_THAT(messageOf<CommandTimeout>([&] { session.run("true", {.input = {}, .deadline = shortly()}); }),
                StartsWith("timed out waiting for the command 'true'"));
    EXPECT_THAT(messageOf<TimeoutError>([&] { session.tryDirectTcpip("127.0.0.1", 1, shortly()); }),
                HasSubstr("timed out waiting for the guest to connect to 127.0.0.1:1"));
}

TEST(SessionLoss, DeclaredLatchEndsEveryWaiterWithItsReason) {
    FailureLatch latch;
    const LocalSshd sshd;
    auto session = Session::connect(sshd.target(), sshd.user(), sshd.key(), soon(), &latch);
    std::promise<void> started;
    auto ready = started.get_future();
    auto waiter = startEndlessCommand(session, std::move(started));
    ready.wait();
    latch.declare("QEMU exited with status 1");
    EXPECT_THAT(waiter.get(), StartsWith("guest: QEMU exited with status 1"));
    EXPECT_EQ(messageOf<GuestError>([&] { session.run("true"); }), "QEMU exited with status 1");
    EXPECT_EQ(messageOf<GuestError>([&] { session.tryDirectTcpip("127.0.0.1", 1); }), "QEMU exited with status 1");
}

TEST(SessionLoss, ReplacedSessionEndsItsWaiters) {
    const LocalSshd sshd;
    auto session = sshd.connect();
    const auto mark = (sshd.folder() / "mark").string();
    auto waiter = std::async(std::launch::async, [&] {
        return messageOf<SessionLost>([&] { session.run("touch " + mark + "; while echo tick; do sleep 0.1; done"); });
    });
    while (!session.run({"test", "-e", mark}).succeeded()) {
    }
    session = sshd.connect();
    EXPECT_THAT(waiter.get(), HasSubstr("was closed, while the command 'touch "));
    EXPECT_TRUE(session.run("true").succeeded());
}

TEST(SessionLoss, AServerThatFallsSilentIsNoticedWithoutADeadline) {
    LocalSshd sshd;
    auto target = sshd.target();
    target.keepAlive = std::chrono::milliseconds(500);
    auto session = Session::connect(target, sshd.user(), sshd.key(), soon());
    // Longer than the time after which an unanswered session is lost: the server answers the keep-alive requests.
    pauseBetweenTries(std::chrono::seconds(4), Deadline::never());
    EXPECT_TRUE(session.alive());
    EXPECT_TRUE(session.run("true").succeeded());
    sshd.freeze();
    EXPECT_THAT(messageOf<SessionLost>([&] { session.run("true", {.input = {}, .deadline = Deadline::never()}); }),
                HasSubstr("the server has not answered for 3 s"));
    EXPECT_FALSE(session.alive());
}

/// sshd drops some new connections while many clients log in (MaxStartups).
TEST(SessionLoss, AServerKnownToBeUpIsTriedAgainWhenItDropsConnections) {
    const LocalSshd sshd;
    std::uint16_t port = 0;
    const auto listening = listenOnLoopback(port);
    std::thread dropper([&] {
        { const FileDescriptor dropped(::accept(listening.get(), nullptr, nullptr)); }
        {
            const FileDescriptor dropped(::accept(listening.get(), nullptr, nullptr));
            const std::string_view why = "Exceeded MaxStartups\r\n";
            ::send(dropped.get(), why.data(), why.size(), MSG_NOSIGNAL);
        }
        const FileDescriptor accepted(::accept(listening.get(), nullptr, nullptr));
        const std::string_view text = "SSH-2.0-Fake\r\n";
        ::send(accepted.get(), text.data(), text.size(), MSG_NOSIGNAL);
    });
    auto target = sshd.target();
    target.port = port;
    target.isUp = true;
    EXPECT_THAT(messageOf<TransportError>([&] { Session::connect(target, "x", sshd.key(), soon()); }),
                StartsWith("cannot make an SSH connection to 127.0.0.1:"))
        << "the third connection was greeted";
    dropper.join();
    EXPECT_THROW(Session::connect(target, "x", sshd.key(), shortly()), Error);
}

}  // namespace
}  // namespace boxtest::testing
