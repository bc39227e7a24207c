#include "ssh/Tunnel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <future>
#include <latch>
#include <thread>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/StreamServer.hpp"
#include "integration/TunnelFixture.hpp"
#include "ssh/Knock.hpp"

namespace boxtest::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using TunnelTest = TunnelFixture;

std::string someBytes(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>((seed = seed * 1664525 + 1013904223) >> 24);
    return bytes;
}

TEST_F(TunnelTest, CarriesUnixToUnix) {
    const auto server = StreamServer::onUnix(remote(), echo);
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    sendAll(client.get(), "hello");
    EXPECT_EQ(receive(client.get(), 5), "hello");
    EXPECT_THAT(tunnel.openFailures(), IsEmpty());
    EXPECT_EQ(tunnel.connections(), 1U);
}

TEST_F(TunnelTest, CarriesTcpToUnix) {
    const auto server = StreamServer::onUnix(remote(), echo);
    auto tunnel = Tunnel::toUnixSocket(session_, remote(), LocalTcp{});
    const auto client = connectToLoopback(tunnel.port());
    sendAll(client.get(), "hello");
    EXPECT_EQ(receive(client.get(), 5), "hello");
}

TEST_F(TunnelTest, AKnockSaysNothingAndWaitsForTheFarEndsClose) {
    std::promise<std::string> said;
    std::promise<void> mayClose;
    const auto server = StreamServer::onUnix(remote(), [&, close = mayClose.get_future().share()](int fd) {
        said.set_value(receiveAll(fd));
        close.wait();
    });
    const auto tunnel = Tunnel::toUnixSocket(session_, remote());
    EXPECT_THROW(knock(tunnel, Deadline::in(std::chrono::milliseconds(300))), TimeoutError);
    EXPECT_EQ(said.get_future().get(), "");
    mayClose.set_value();
}

TEST_F(TunnelTest, AKnockEndsWithTheFarEnd) {
    const auto server = StreamServer::onUnix(remote(), [](int fd) { sendAll(fd, "who is there?"); });
    const auto tunnel = Tunnel::toUnixSocket(session_, remote());
    EXPECT_NO_THROW(knock(tunnel, Deadline::in(std::chrono::minutes(1))));
    const auto nowhere = Tunnel::toUnixSocket(session_, folder_.path() / "nobody");
    EXPECT_NO_THROW(knock(nowhere, Deadline::in(std::chrono::minutes(1))));
}

TEST_F(TunnelTest, CarriesUnixToTcpAndTcpToTcp) {
    const auto server = StreamServer::onLoopback(echo);
    auto fromUnix = Tunnel::toTcp(session_, "127.0.0.1", server.port(), LocalUnix{.name = "web"});
    auto fromTcp = Tunnel::toTcp(session_, "127.0.0.1", server.port());
    const auto first = connectToUnix(fromUnix.socket());
    const auto second = connectToLoopback(fromTcp.port());
    sendAll(first.get(), "one");
    sendAll(second.get(), "two");
    EXPECT_EQ(receive(first.get(), 3), "one");
    EXPECT_EQ(receive(second.get(), 3), "two");
}

TEST_F(TunnelTest, UnixEndIsPrivateAndNamedAsAsked) {
    std::filesystem::path folder;
    {
        auto tunnel = Tunnel::toUnixSocket(session_, remote(), LocalUnix{.name = ".s.server.7"});
        folder = tunnel.folder();
        EXPECT_EQ(tunnel.socket(), folder / ".s.server.7");
        struct stat status {};
        ASSERT_EQ(::stat(folder.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0700U);
        ASSERT_EQ(::stat(tunnel.socket().c_str(), &status), 0);
        EXPECT_TRUE(S_ISSOCK(status.st_mode));
        EXPECT_EQ(status.st_mode & 07777, 0600U);
        EXPECT_THROW(tunnel.port(), UsageError);
    }
    EXPECT_FALSE(std::filesystem::exists(folder));
    EXPECT_THROW(Tunnel::toUnixSocket(session_, remote(), LocalUnix{.name = "../x"}), UsageError);
}

TEST_F(TunnelTest, TcpEndListensOnLoopbackOnlyAndIsFreedAtTheEnd) {
    std::uint16_t port = 0;
    {
        auto tunnel = Tunnel::toUnixSocket(session_, remote(), LocalTcp{});
        port = tunnel.port();
        // The line of the port in the kernel's table of TCP sockets has the address 127.0.0.1, as little-endian hexadecimal.
        std::ifstream table("/proc/net/tcp");
        char wanted[32];
        std::snprintf(wanted, sizeof wanted, "0100007F:%04X 00000000:0000 0A", port);
        EXPECT_THAT(std::string(std::istreambuf_iterator<char>(table), {}), HasSubstr(wanted));
        EXPECT_THROW(tunnel.socket(), UsageError);
        try {
            Tunnel::toUnixSocket(session_, remote(), LocalTcp{.port = port});
            FAIL() << "listened twice on one port";
        } catch (const SystemError& error) {
            EXPECT_EQ(error.errorNumber(), EADDRINUSE);
            EXPECT_EQ(error.what(), "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
        }
    }
    auto again = Tunnel::toUnixSocket(session_, remote(), LocalTcp{.port = port});
    EXPECT_EQ(again.port(), port);
}

TEST_F(TunnelTest, CarriesManyConnectionsAtOnceEachWithItsOwnBytes) {
    const auto server = StreamServer::onUnix(remote(), echo);
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    constexpr std::size_t number = 40;
    std::latch allConnected(number);
    std::vector<std::future<bool>> results;
    for (unsigned i = 0; i < number; ++i) {
        results.push_back(std::async(std::launch::async, [&, i] {
            const auto client = connectToUnix(tunnel.socket());
            allConnected.arrive_and_wait();
            const auto bytes = someBytes(std::size_t{1} << 20, i);
            std::thread sender([&] {
                sendAll(client.get(), bytes);
                ::shutdown(client.get(), SHUT_WR);
            });
            const bool same = receiveAll(client.get()) == bytes;
            sender.join();
            return same;
        }));
    }
    for (auto& result : results) EXPECT_TRUE(result.get());
    EXPECT_EQ(server.accepted(), static_cast<int>(number));
    waitUntilConnections(tunnel, 0);
}

TEST_F(TunnelTest, HalfCloseOfTheLocalEndReachesTheFarEndWhichMayStillAnswer) {
    const auto server = StreamServer::onUnix(remote(), [](int fd) { sendAll(fd, "got " + receiveAll(fd)); });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    sendAll(client.get(), "question");
    ::shutdown(client.get(), SHUT_WR);
    EXPECT_EQ(receiveAll(client.get()), "got question");
}

TEST_F(TunnelTest, HalfCloseOfTheFarEndReachesTheLocalEndWhichMayStillSend) {
    std::promise<std::string> heard;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        sendAll(fd, "greeting");
        ::shutdown(fd, SHUT_WR);
        heard.set_value(receiveAll(fd));
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    EXPECT_EQ(receiveAll(client.get()), "greeting");
    sendAll(client.get(), "still ");
    sendAll(client.get(), "here");
    ::shutdown(client.get(), SHUT_WR);
    EXPECT_EQ(heard.get_future().get(), "still here");
    waitUntilConnections(tunnel, 0);
}

TEST_F(TunnelTest, HalfClosesOverTcpAtBothEnds) {
    const auto server = StreamServer::onLoopback([](int fd) { sendAll(fd, "got " + receiveAll(fd)); });
    auto tunnel = Tunnel::toTcp(session_, "127.0.0.1", server.port());
    const auto client = connectToLoopback(tunnel.port());
    sendAll(client.get(), "question");
    ::shutdown(client.get(), SHUT_WR);
    EXPECT_EQ(receiveAll(client.get()), "got question");
}

TEST_F(TunnelTest, DataSentJustBeforeAFullCloseArrives) {
    std::promise<std::string> heard;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) { heard.set_value(receiveAll(fd)); });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto bytes = someBytes(std::size_t{6} << 20);
    {
        const auto client = connectToUnix(tunnel.socket());
        sendAll(client.get(), bytes);
    }
    EXPECT_TRUE(heard.get_future().get() == bytes);
    waitUntilConnections(tunnel, 0);
}

TEST_F(TunnelTest, EverythingArrivesAtAReaderThatStartsLate) {
    const auto bytes = someBytes(std::size_t{12} << 20);
    std::promise<void> sent;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        sendAll(fd, std::string_view(bytes).substr(0, bytes.size() / 2));
        sendAll(fd, std::string_view(bytes).substr(bytes.size() / 2));
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    EXPECT_TRUE(receive(client.get(), 1) == bytes.substr(0, 1));
    // Other traffic of the session continues while this connection is blocked.
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(session_.run("true").succeeded());
    EXPECT_TRUE(receiveAll(client.get()) == bytes.substr(1));
}

TEST_F(TunnelTest, SlowReaderStopsTheWriterInsteadOfFillingMemory) {
    std::atomic<std::size_t> written = 0;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        const std::string block(65536, 'x');
        for (ssize_t sent = 0; (sent = ::send(fd, block.data(), block.size(), MSG_NOSIGNAL)) > 0;)
            written += static_cast<std::size_t>(sent);
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    EXPECT_EQ(receive(client.get(), 1), "x");
    // The writer stops when the window and the buffers are full: no progress while three commands run.
    std::size_t before = 0;
    const auto deadline = Deadline::in(std::chrono::minutes(1));
    do {
        before = written;
        for (int i = 0; i < 3; ++i) ASSERT_TRUE(session_.run("sleep 0.1").succeeded());
    } while (written != before && !deadline.expired());
    EXPECT_EQ(written, before) << "the writer never stopped";
    EXPECT_LT(written, std::size_t{16} << 20);
    // The writer continues when the reader continues.
    EXPECT_EQ(receive(client.get(), std::size_t{32} << 20).size(), std::size_t{32} << 20);
}

TEST_F(TunnelTest, SlowFarEndStopsTheLocalWriter) {
    std::promise<void> go;
    std::promise<std::size_t> heard;
    const auto server = StreamServer::onUnix(remote(), [&, start = go.get_future().share()](int fd) {
        start.wait();
        heard.set_value(receiveAll(fd).size());
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto client = connectToUnix(tunnel.socket());
    const std::string block(65536, 'x');
    std::size_t written = 0;
    for (int quiet = 0; quiet < 5;) {
        const auto sent = ::send(client.get(), block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            written += static_cast<std::size_t>(sent);
            quiet = 0;
            ASSERT_LT(written, std::size_t{64} << 20) << "nothing holds the writer up";
        } else {
            ++quiet;
            ASSERT_TRUE(session_.run("sleep 0.1").succeeded());
        }
    }
    go.set_value();
    ::shutdown(client.get(), SHUT_WR);
    EXPECT_EQ(heard.get_future().get(), written);
}

TEST_F(TunnelTest, WaitsWithoutUsingTheProcessor) {
    const auto server = StreamServer::onUnix(remote(), [](int fd) {
        const std::string block(65536, 'x');
        while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    const auto reader = connectToUnix(tunnel.socket());  // does not read
    const auto half = connectToUnix(tunnel.socket());    // has shut down its sending direction
    ::shutdown(half.get(), SHUT_WR);
    EXPECT_EQ(receive(reader.get(), 1), "x");
    EXPECT_EQ(receive(half.get(), 1), "x");
    ASSERT_TRUE(session_.run("sleep 1").succeeded());  // until all buffers are full
    const auto used = [] {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
               static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    };
    const auto before = used();
    ASSERT_TRUE(session_.run("sleep 2").succeeded());
    EXPECT_LT(used() - before, 0.5);
}

TEST_F(TunnelTest, CloseWhileReadingEndsTheReader) {
    const auto server = StreamServer::onUnix(remote(), [](int fd) { receiveAll(fd); });
    auto tunnel = std::make_unique<Tunnel>(Tunnel::toUnixSocket(session_, remote()));
    const auto client = connectToUnix(tunnel->socket());
    sendAll(client.get(), "x");
    waitUntilConnections(*tunnel, 1);
    auto reader = std::async(std::launch::async, [&] { return receiveAll(client.get()); });
    tunnel.reset();
    EXPECT_EQ(reader.get(), "");
}

TEST_F(TunnelTest, CloseWhileWritingEndsTheWriterAndTheFarEnd) {
    std::promise<void> begun, ended;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        begun.set_value();
        receiveAll(fd);
        ended.set_value();
    });
    auto tunnel = std::make_unique<Tunnel>(Tunnel::toUnixSocket(session_, remote()));
    const auto client = connectToUnix(tunnel->socket());
    sendAll(client.get(), "x");
    auto writer = std::async(std::launch::async, [&] {
        const std::string block(65536, 'x');
        while (::send(client.get(), block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
        return errno;
    });
    waitUntilConnections(*tunnel, 1);
    // A tunnel that closes before the far end has begun would have no far end to observe.
    begun.get_future().wait();
    tunnel.reset();
    EXPECT_THAT(writer.get(), ::testing::AnyOf(EPIPE, ECONNRESET));
    ended.get_future().wait();
    EXPECT_TRUE(session_.run("true").succeeded());
}

TEST_F(TunnelTest, CloseInTheMiddleOfAFloodIsHarmless) {
    const auto server = StreamServer::onUnix(remote(), [](int fd) {
        const std::string block(65536, 'x');
        while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    for (int i = 0; i < 60; ++i) {
        auto tunnel = Tunnel::toUnixSocket(session_, remote());
        const auto first = connectToUnix(tunnel.socket());
        const auto second = connectToUnix(tunnel.socket());
        ASSERT_EQ(receive(first.get(), std::size_t{1} << 20).size(), std::size_t{1} << 20);
        ASSERT_EQ(receive(second.get(), 1), "x");
    }
    EXPECT_TRUE(session_.run("true").succeeded());
}

TEST_F(TunnelTest, ReaderThatGoesAwayEndsTheFarWriter) {
    std::promise<void> ended;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        const std::string block(65536, 'x');
        while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
        }
        ended.set_value();
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    {
        const auto client = connectToUnix(tunnel.socket());
        EXPECT_EQ(receive(client.get(), 1), "x");
    }
    ended.get_future().wait();
    waitUntilConnections(tunnel, 0);
}

TEST_F(TunnelTest, ClientThatGoesAwayLeavesNothingAtASilentFarEnd) {
    std::promise<void> ended;
    const auto server = StreamServer::onUnix(remote(), [&](int fd) {
        receiveAll(fd);
        ended.set_value();
    });
    auto tunnel = Tunnel::toUnixSocket(session_, remote());
    connectToUnix(tunnel.socket());
    ended.get_future().wait();
    waitUntilConnections(tunnel, 0);
}

}  // namespace
}  // namespace boxtest::testing
