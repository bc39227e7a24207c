#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <future>

#include "Deadlines.hpp"
#include "base/UnixAddress.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/StreamServer.hpp"
#include "integration/TunnelFixture.hpp"

namespace boxtest::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using TunnelEndsTest = TunnelFixture;

TEST_F(TunnelEndsTest, AbsentFarSocketIsNotOpenedAndNoCauseIsNamed) {
    auto tunnel = Tunnel::toUnixSocket(session_, "/nowhere/socket");
    const auto client = connectToUnix(tunnel.socket());
    expectEnd(client.get());
    EXPECT_THAT(tunnel.openFailures(), ElementsAre("Unix socket '/nowhere/socket': not opened"));
    waitUntilConnections(tunnel, 0);
    EXPECT_FALSE(session_.tryUnixSocket("/nowhere/socket"));
    const auto server = StreamServer::onUnix(remote(), echo);
    EXPECT_TRUE(session_.tryUnixSocket(remote()));
}

TEST_F(TunnelEndsTest, ALateFailureIsToldHoweverManyCameBefore) {
    const auto tunnel = Tunnel::toUnixSocket(session_, "/nowhere/socket");
    const auto knockTimes = [&](int times) {
        for (int i = 0; i < times; ++i) expectEnd(connectToUnix(tunnel.socket()).get());
    };
    std::size_t seen = 0;
    knockTimes(130);
    auto told = tunnel.openFailuresAfter(seen);
    ASSERT_EQ(told.size(), 101U);
    EXPECT_EQ(told.front(), "(30 more that are not shown)");
    EXPECT_TRUE(tunnel.openFailuresAfter(seen).empty());
    knockTimes(5);
    EXPECT_EQ(tunnel.openFailuresAfter(seen).size(), 5U);
}

/// The listener has no connection whose end could free a descriptor: a descriptor becomes free elsewhere in the process.
TEST_F(TunnelEndsTest, AListenerThatRanOutOfDescriptorsHearsAgain) {
    const auto server = StreamServer::onUnix(remote(), echo);
    const auto tunnel = Tunnel::toUnixSocket(session_, remote());
    FileDescriptor client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    FileDescriptor next(::dup(client.get()));
    const auto lowest = static_cast<rlim_t>(next.get());
    next.reset();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{lowest, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const UnixAddress address(tunnel.socket());
    const int connected = ::connect(client.get(), address.get(), address.size());
    const auto deadline = soon();
    while (tunnel.openFailures().empty() && !deadline.expired()) pauseBetweenTries(std::chrono::milliseconds(10), deadline);
    ::setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_EQ(connected, 0);
    EXPECT_THAT(tunnel.openFailures(), ElementsAre(HasSubstr("Too many open files"))) << "told once, not at each try";
    sendAll(client.get(), "hello");
    EXPECT_EQ(receive(client.get(), 5), "hello");
}

TEST_F(TunnelEndsTest, RefusedTcpIsToldFromOpen) {
    std::uint16_t closed = 0;
    const auto held = holdClosedPort(closed);
    const auto server = StreamServer::onLoopback(echo);
    EXPECT_EQ(session_.tryDirectTcpip("127.0.0.1", closed).answer, TcpAnswer::refused);
    EXPECT_EQ(session_.tryDirectTcpip("127.0.0.1", server.port()).answer, TcpAnswer::open);
    const auto unknown = session_.tryDirectTcpip("no such host", 1);
    EXPECT_EQ(unknown.answer, TcpAnswer::other) << unknown.text;

    auto tunnel = Tunnel::toTcp(session_, "127.0.0.1", closed);
    const auto client = connectToLoopback(tunnel.port());
    expectEnd(client.get());
    ASSERT_EQ(tunnel.openFailures().size(), 1U);
    EXPECT_THAT(tunnel.openFailures()[0], HasSubstr("127.0.0.1:" + std::to_string(closed) + ": refused ("));
}

TEST(TunnelEnds, ProhibitedTcpIsToldFromRefused) {
    const LocalSshd sshd("AllowTcpForwarding no");
    auto session = sshd.connect();
    std::uint16_t closed = 0;
    const auto held = holdClosedPort(closed);
    EXPECT_EQ(session.tryDirectTcpip("127.0.0.1", closed).answer, TcpAnswer::prohibited);
}

TEST(TunnelEnds, ProhibitedUnixSocketLooksLikeAnAbsentOne) {
    const LocalSshd sshd("AllowStreamLocalForwarding no");
    auto session = sshd.connect();
    const auto server = StreamServer::onUnix(sshd.folder() / "remote", echo);
    EXPECT_FALSE(session.tryUnixSocket(sshd.folder() / "remote"));
    EXPECT_FALSE(session.tryUnixSocket("/nowhere"));
}

TEST_F(TunnelEndsTest, ProbeSendsBytesAndTellsTheAnswer) {
    const auto server = StreamServer::onLoopback([](int fd) { sendAll(fd, "you said " + receive(fd, 5)); });
    const auto probe = session_.probeTcp("127.0.0.1", server.port(), "hello", Deadline::in(std::chrono::minutes(1)), 14);
    EXPECT_EQ(probe.connection.answer, TcpAnswer::open);
    EXPECT_EQ(probe.answer, "you said hello");
}

TEST_F(TunnelEndsTest, ProbeTakesSilenceAndAClosedConnectionForAnswers) {
    const auto silent = StreamServer::onLoopback([](int fd) { receiveAll(fd); });
    const auto quiet = session_.probeTcp("127.0.0.1", silent.port(), "hello", Deadline::in(std::chrono::milliseconds(500)));
    EXPECT_EQ(quiet.connection.answer, TcpAnswer::open);
    EXPECT_EQ(quiet.answer, "");
    EXPECT_FALSE(quiet.ended);

    const auto closing = StreamServer::onLoopback([](int fd) { receive(fd, 5); });
    const auto closed = session_.probeTcp("127.0.0.1", closing.port(), "hello", Deadline::in(std::chrono::minutes(1)));
    EXPECT_EQ(closed.answer, "");
    EXPECT_TRUE(closed.ended);
}

TEST(TunnelEnds, DyingSessionEndsItsConnectionsAndRefusesNewOnes) {
    LocalSshd sshd;
    auto session = sshd.connect();
    const auto server = StreamServer::onUnix(sshd.folder() / "remote", [](int fd) { receiveAll(fd); });
    auto unixEnd = Tunnel::toUnixSocket(session, sshd.folder() / "remote");
    auto tcpEnd = Tunnel::toUnixSocket(session, sshd.folder() / "remote", LocalTcp{});
    const auto first = connectToUnix(unixEnd.socket());
    const auto second = connectToLoopback(tcpEnd.port());
    auto reader = std::async(std::launch::async, [&] { return receiveAll(first.get()) + receiveAll(second.get()); });
    sshd.kill();
    EXPECT_EQ(reader.get(), "");
    const auto refused = [](const auto& connect) {
        try {
            connect();
        } catch (const SystemError& error) {
            return error.errorNumber();
        }
        return 0;
    };
    EXPECT_EQ(refused([&] { connectToUnix(unixEnd.socket()); }), ECONNREFUSED);
    EXPECT_EQ(refused([&] { connectToLoopback(tcpEnd.port()); }), ECONNREFUSED);
    // The reader may see the end shortly before the number of connections decreases.
    const auto deadline = Deadline::in(std::chrono::minutes(1));
    while (unixEnd.connections() != 0 && !deadline.expired()) pauseBetweenTries(std::chrono::milliseconds(5), deadline);
    EXPECT_EQ(unixEnd.connections(), 0U);
}

TEST(TunnelEnds, OutlivingItsSessionItIsClosedAndHarmless) {
    const LocalSshd sshd;
    auto session = std::make_unique<Session>(sshd.connect());
    auto tunnel = Tunnel::toUnixSocket(*session, "/x");
    session.reset();
    EXPECT_EQ(tunnel.connections(), 0U);
    EXPECT_THROW(connectToUnix(tunnel.socket()), SystemError);
}

}  // namespace
}  // namespace boxtest::testing
