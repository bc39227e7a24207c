#include "keeper/ProgressChannel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include "Deadlines.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ProgressChannelTest : public testing::Test {
   protected:
    ProgressChannelTest() {
        std::array<int, 2> sockets{};
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0)
            throw std::runtime_error("no socketpair");
        sender_.emplace(FileDescriptor(sockets[0]));
        reader_.emplace(FileDescriptor(sockets[1]));
    }
    std::optional<ProgressSender> sender_;
    std::optional<ProgressReader> reader_;
    RecordingLog log_;
};

TEST_F(ProgressChannelTest, LinesComeThroughUntilReady) {
    sender_->line("booting");
    sender_->waiting("SSH", std::chrono::seconds(3));
    sender_->line("bad bytes \xff");
    sender_->ready();
    reader_->readUntilReady(log_, soon(), nullptr);
    EXPECT_THAT(log_.lines(), ElementsAre("booting", "bad bytes \xEF\xBF\xBD"));
}

TEST_F(ProgressChannelTest, ErrorsKeepTheirKind) {
    sender_->failed(ErrorKind::usage, "no guest");
    EXPECT_EQ(errorOf<UsageError>([&] { reader_->readUntilReady(log_, soon(), nullptr); }), "no guest");
    sender_->failed(ErrorKind::guest, "panic");
    EXPECT_EQ(errorOf<GuestError>([&] { reader_->readUntilReady(log_, soon(), nullptr); }), "panic");
    sender_->failed(ErrorKind::timeout, "late");
    EXPECT_EQ(errorOf<TimeoutError>([&] { reader_->readUntilReady(log_, soon(), nullptr); }), "late");
}

TEST_F(ProgressChannelTest, AKeeperThatDiesWithoutAWordIsNoticed) {
    sender_->line("booting");
    sender_.reset();
    EXPECT_THAT(errorOf<TransportError>([&] { reader_->readUntilReady(log_, soon(), nullptr); }),
                HasSubstr("died before the guest was ready"));
}

TEST_F(ProgressChannelTest, ASenderDoesNotWaitForAReaderThatDoesNotRead) {
    for (int i = 0; i < 10000; ++i) sender_->line(std::string(1000, 'x'));
    reader_.reset();
    sender_->line("nobody there");
    sender_->ready();
    SUCCEED();
}

TEST_F(ProgressChannelTest, AHugeTextIsCut) {
    sender_->failed(ErrorKind::guest, std::string(10 << 20, 'x'));
    EXPECT_THAT(errorOf<GuestError>([&] { reader_->readUntilReady(log_, soon(), nullptr); }), testing::EndsWith("[cut]"));
}

TEST_F(ProgressChannelTest, AbandoningTellsTheKeeperAndWaitsForItsEnd) {
    FailureLatch interrupted;
    interrupted.declare("interrupted");
    EXPECT_EQ(errorOf<GuestError>([&] { reader_->readUntilReady(log_, soon(), &interrupted); }), "interrupted");
    sender_->line("stopping");
    sender_.reset();
    reader_->abandon(soon());
    EXPECT_TRUE(log_.lines().empty());
}

}  // namespace
}  // namespace boxtest
