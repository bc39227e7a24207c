#include "keeper/Keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "base/UnixAddress.hpp"
#include "keeper/KeeperClient.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Counts the calls of giveUp() and the objects that exist.
class FakeMachine final : public Keeper::OwnedMachine {
   public:
    FakeMachine(MachineInfo info, std::atomic<int>& givenUp, std::atomic<int>& alive)
        : info_(std::move(info)), givenUp_(givenUp), alive_(alive) {
        ++alive_;
    }
    ~FakeMachine() override { --alive_; }
    const MachineInfo& info() const override { return info_; }
    void giveUp() override { ++givenUp_; }

   private:
    MachineInfo info_;
    std::atomic<int>& givenUp_;
    std::atomic<int>& alive_;
};

/// A keeper in this process. Its machine is ready at once, unless a test passes another boot function.
class KeeperTest : public testing::Test {
   protected:
    ~KeeperTest() override {
        if (keeper_) keeper_->end("the test is over");
    }

    Keeper::Boot ready() {
        return [this](Log& log, FailureLatch& failure, const Keeper::Booting&) -> std::unique_ptr<Keeper::OwnedMachine> {
            log.line("booting");
            machineFailure_ = &failure;
            MachineInfo info{.guestFolder = "/guest",
                             .folder = "/machine",
                             .ports = {.ssh = 22022, .http = 1, .https = 2},
                             .qemuPid = 7,
                             .accelerator = "tcg",
                             .started = {}};
            return std::make_unique<FakeMachine>(info, givenUp_, alive_);
        };
    }
    /// A boot that does not finish: it waits until the latch is declared, then throws.
    Keeper::Boot slow() {
        return [](Log& log, FailureLatch& failure, const Keeper::Booting&) -> std::unique_ptr<Keeper::OwnedMachine> {
            log.waiting("SSH", std::chrono::seconds(3));
            pollfd one{failure.fd(), POLLIN, 0};
            poll({&one, 1}, soon());
            failure.check();
            throw TimeoutError("the test is stuck");
        };
    }

    void start(const Keeper::Boot& boot) {
        keeper_ = std::make_unique<Keeper>(folder_.path(), "/guest");
        kept_ = std::async(std::launch::async, [this, boot] { keeper_->keep(boot, log_, [this] { readyTold_.set_value(); }); });
    }
    void startReady() {
        start(ready());
        readyTold_.get_future().wait();
    }
    KeeperClient client() {
        auto found = KeeperClient::connect(folder_.path(), log_);
        if (!found) throw std::runtime_error("no keeper answers");
        return std::move(*found);
    }
    /// down() waits for the end of the keeper's process, which here is the test itself: the declared latch ends this wait.
    void askDown() {
        auto asking = client();
        try {
            FailureLatch atOnce;
            atOnce.declare("do not wait");
            asking.down(soon(), &atOnce);
        } catch (const GuestError&) {
        }
    }

    TemporaryFolder folder_{"keeper"};
    RecordingLog log_;
    std::atomic<int> givenUp_ = 0;
    std::atomic<int> alive_ = 0;
    FailureLatch* machineFailure_ = nullptr;
    std::promise<void> readyTold_;
    std::unique_ptr<Keeper> keeper_;
    std::future<void> kept_;
};

TEST_F(KeeperTest, WithoutOneNoMachineIsUp) { EXPECT_FALSE(KeeperClient::connect(folder_.path(), log_).has_value()); }

TEST_F(KeeperTest, TellsWhatAReadyMachineIsReachedBy) {
    startReady();
    const auto status = client().status(soon());
    EXPECT_EQ(status.state, KeeperState::ready);
    EXPECT_EQ(status.keeperPid, ::getpid());
    ASSERT_TRUE(status.machine.has_value());
    EXPECT_EQ(status.machine->ports.ssh, 22022);
}

TEST_F(KeeperTest, TellsWhatAStartingMachineWaitsFor) {
    start(slow());
    auto asking = client();
    auto status = asking.status(soon());
    for (const auto deadline = soon(); status.text != "SSH" && !deadline.expired(); status = asking.status(soon()))
        pauseBetweenTries(std::chrono::milliseconds(5), deadline);
    EXPECT_EQ(status.state, KeeperState::starting);
    EXPECT_EQ(status.text, "SSH");
    EXPECT_FALSE(status.machine.has_value());
}

TEST_F(KeeperTest, ASecondOneIsTurnedAway) {
    startReady();
    EXPECT_THAT(errorOf<KeeperBusy>([&] { Keeper second(folder_.path(), "/other"); }), HasSubstr("keeps a machine already"));
    EXPECT_EQ(client().status(soon()).guestFolder, "/guest") << "the first goes on";
}

TEST_F(KeeperTest, DownEndsAReadyMachine) {
    startReady();
    askDown();
    kept_.get();
    EXPECT_EQ(alive_, 0);
    EXPECT_EQ(givenUp_, 0);
    EXPECT_EQ(keeper_->endReason(), "`boxtest down`");
}

TEST_F(KeeperTest, DownEndsAMachineThatStillStarts) {
    start(slow());
    askDown();
    EXPECT_NO_THROW(kept_.get());
    EXPECT_EQ(keeper_->status().state, KeeperState::stopping);
}

TEST_F(KeeperTest, AFailedMachineIsGivenUpAndToldOfUntilDown) {
    startReady();
    auto watching = client();
    EXPECT_EQ(watching.watch(soon()).state, KeeperState::ready);
    machineFailure_->declare("kernel panic");
    const auto status = watching.nextChange(soon());
    EXPECT_EQ(status.state, KeeperState::failed);
    EXPECT_EQ(status.text, "kernel panic");
    EXPECT_EQ(client().status(soon()).state, KeeperState::failed);
    askDown();
    kept_.get();
    EXPECT_EQ(givenUp_, 1);
    EXPECT_THAT(log_.lines(), Contains("the machine has failed: kernel panic"));
}

TEST_F(KeeperTest, AWatcherHearsOfTheEnd) {
    startReady();
    auto watching = client();
    watching.watch(soon());
    keeper_->end("interrupted (SIGTERM)");
    const auto status = watching.nextChange(soon());
    EXPECT_EQ(status.state, KeeperState::stopping);
    EXPECT_EQ(status.text, "interrupted (SIGTERM)");
}

TEST_F(KeeperTest, ABootThatFailsIsTheCallersError) {
    start([](Log&, FailureLatch&, const Keeper::Booting&) -> std::unique_ptr<Keeper::OwnedMachine> {
        throw GuestError("odoo.service has failed");
    });
    EXPECT_EQ(errorOf<GuestError>([&] { kept_.get(); }), "odoo.service has failed");
}

TEST_F(KeeperTest, TheEndOfTheLeashEndsAMachineThatStillStarts) {
    std::array<int, 2> sockets{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()), 0);
    FileDescriptor held(sockets[0]), ours(sockets[1]);
    keeper_ = std::make_unique<Keeper>(folder_.path(), "/guest");
    keeper_->holdLeash(held.get());
    kept_ = std::async(std::launch::async, [this] { keeper_->keep(slow(), log_, [] {}); });
    ours.reset();
    kept_.get();
    EXPECT_THAT(keeper_->endReason().value_or(""), HasSubstr("has gone before the guest was ready"));
}

TEST_F(KeeperTest, AReadyMachineNeedsNoLeash) {
    std::array<int, 2> sockets{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()), 0);
    FileDescriptor held(sockets[0]), ours(sockets[1]);
    keeper_ = std::make_unique<Keeper>(folder_.path(), "/guest");
    keeper_->holdLeash(held.get());
    kept_ = std::async(std::launch::async, [this] { keeper_->keep(ready(), log_, [this] { readyTold_.set_value(); }); });
    readyTold_.get_future().wait();
    ours.reset();
    EXPECT_EQ(client().status(soon()).state, KeeperState::ready);
    EXPECT_FALSE(keeper_->endReason().has_value());
}

TEST_F(KeeperTest, TheSocketIsPrivateAndGoesWithTheKeeper) {
    startReady();
    struct stat status {};
    ASSERT_EQ(::stat(Keeper::socketIn(folder_.path()).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    keeper_->end("done");
    kept_.get();
    keeper_.reset();
    EXPECT_FALSE(std::filesystem::exists(Keeper::socketIn(folder_.path())));
}

TEST_F(KeeperTest, TheSocketOfAKilledKeeperIsCleanedAway) {
    const auto socket = Keeper::socketIn(folder_.path());
    const UnixAddress address(socket);
    {
        const FileDescriptor bound(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ASSERT_EQ(::bind(bound.get(), address.get(), address.size()), 0);
    }
    std::ofstream(Keeper::lockIn(folder_.path())).flush();
    EXPECT_FALSE(KeeperClient::connect(folder_.path(), log_).has_value());
    EXPECT_FALSE(std::filesystem::exists(socket));
    EXPECT_THAT(log_.lines(), Contains(HasSubstr("was killed; cleaned up")));
}

TEST_F(KeeperTest, NonsenseOnTheSocketIsAnsweredAndDoesNoHarm) {
    startReady();
    const UnixAddress address(Keeper::socketIn(folder_.path()));
    const FileDescriptor raw(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(raw.get(), address.get(), address.size()), 0);
    const std::string text = "\x01\xff nonsense\n[1]\n{\"command\": 7}\n";
    ASSERT_EQ(::send(raw.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    waitFor(raw.get(), POLLIN, soon(), "the answer");
    std::array<char, 4096> buffer{};
    const auto got = ::recv(raw.get(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(got, 0);
    EXPECT_THAT(std::string(buffer.data(), static_cast<std::size_t>(got)), HasSubstr("unknown command"));
    EXPECT_EQ(client().status(soon()).state, KeeperState::ready);
}

TEST_F(KeeperTest, OnlyWhoAsksToWatchIsToldOfChanges) {
    startReady();
    const UnixAddress address(Keeper::socketIn(folder_.path()));
    const FileDescriptor raw(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(raw.get(), address.get(), address.size()), 0);
    const std::string text = "{\"command\": \"status\", \"note\": \"watch\"}\n";
    ASSERT_EQ(::send(raw.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    waitFor(raw.get(), POLLIN, soon(), "the answer");
    std::array<char, 4096> buffer{};
    const auto got = ::recv(raw.get(), buffer.data(), buffer.size(), 0);
    ASSERT_GT(got, 0);
    EXPECT_EQ(buffer[static_cast<std::size_t>(got) - 1], '\n');
    auto watching = client();
    watching.watch(soon());
    machineFailure_->declare("kernel panic");
    // This connection was opened last and is notified last: a message to `raw` would have been sent before.
    EXPECT_EQ(watching.nextChange(soon()).state, KeeperState::failed);
    pollfd more{raw.get(), POLLIN, 0};
    EXPECT_FALSE(poll({&more, 1}, Deadline::in({}))) << "it only asked for the status";
}

TEST_F(KeeperTest, AnEndlessLineIsCutOff) {
    startReady();
    const UnixAddress address(Keeper::socketIn(folder_.path()));
    const FileDescriptor raw(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(raw.get(), address.get(), address.size()), 0);
    const std::string text(4096, 'x');
    ssize_t sent = 0;
    for (int i = 0; i < 1000 && sent >= 0; ++i) sent = ::send(raw.get(), text.data(), text.size(), MSG_NOSIGNAL);
    EXPECT_LT(sent, 0) << "the keeper went on reading";
    EXPECT_EQ(client().status(soon()).state, KeeperState::ready);
}

}  // namespace
}  // namespace boxtest
