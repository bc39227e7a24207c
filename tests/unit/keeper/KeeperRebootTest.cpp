/// A keeper whose machine's guest reboots by itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Event.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "keeper/Keeper.hpp"
#include "keeper/KeeperClient.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::Contains;

/// Waits for the event or the latch, and throws as FailureLatch::check() in the second case.
void waitForEither(const Event& event, const FailureLatch& failure) {
    std::array<pollfd, 2> watched{{{event.fd(), POLLIN, 0}, {failure.fd(), POLLIN, 0}}};
    poll(watched, soon());
    failure.check();
}

/// Its guest reboots once, when `reboots` is set, and is ready again when `back` is set.
class RebootingMachine final : public Keeper::OwnedMachine {
   public:
    struct Script {
        Event reboots;
        Event back;
        std::optional<std::string> error;  ///< Thrown instead of coming back.
    };
    explicit RebootingMachine(Script& script) : script_(script) {}
    const MachineInfo& info() const override { return info_; }
    void giveUp() override {}
    void waitForReboot(const FailureLatch& failure) override {
        if (rebooted_) return OwnedMachine::waitForReboot(failure);
        waitForEither(script_.reboots, failure);
        rebooted_ = true;
    }
    void comeBack(Log& log, const FailureLatch& failure) override {
        log.waiting("Odoo", {});
        waitForEither(script_.back, failure);
        if (script_.error) throw TimeoutError(*script_.error);
    }

   private:
    Script& script_;
    MachineInfo info_{.guestFolder = "/guest", .folder = "/machine", .ports = {}, .accelerator = "tcg", .started = {}};
    bool rebooted_ = false;
};

class KeeperReboot : public testing::Test {
   protected:
    KeeperReboot() {
        kept_ = std::async(std::launch::async, [this] {
            keeper_.keep(
                [this](Log&, FailureLatch&, const Keeper::Booting&) { return std::make_unique<RebootingMachine>(script_); }, log_,
                [this] { ready_.set_value(); });
        });
        ready_.get_future().wait();
        watching_ = KeeperClient::connect(folder_.path(), log_);
        if (!watching_) throw std::runtime_error("no keeper answers");
        EXPECT_EQ(watching_->watch(soon()).state, KeeperState::ready);
    }
    ~KeeperReboot() override {
        keeper_.end("the test is over");
        kept_.wait();
    }
    KeeperStatus next() { return watching_->nextChange(soon()); }

    TemporaryFolder folder_{"keeper"};
    RecordingLog log_;
    RebootingMachine::Script script_;
    std::promise<void> ready_;
    Keeper keeper_{folder_.path(), "/guest"};
    std::future<void> kept_;
    std::optional<KeeperClient> watching_;
};

TEST_F(KeeperReboot, IsTheStateStartingUntilTheGuestIsReadyAgain) {
    script_.reboots.set();
    const auto status = next();
    EXPECT_EQ(status.state, KeeperState::starting);
    EXPECT_EQ(status.text, "the guest, which reboots");
    EXPECT_TRUE(status.machine.has_value());
    script_.back.set();
    EXPECT_EQ(next().state, KeeperState::ready);
    EXPECT_THAT(log_.lines(), Contains("the guest reboots"));
}

TEST_F(KeeperReboot, AfterWhichTheGuestIsNotReadyLeavesItAsItIs) {
    script_.error = "timed out waiting for Odoo";
    script_.back.set();
    script_.reboots.set();
    EXPECT_EQ(next().state, KeeperState::starting);
    const auto status = next();
    EXPECT_EQ(status.state, KeeperState::ready);
    EXPECT_EQ(status.text, "after a reboot the guest is not ready: timed out waiting for Odoo");
}

TEST_F(KeeperReboot, EndsWithTheMachine) {
    script_.reboots.set();
    EXPECT_EQ(next().state, KeeperState::starting);
    keeper_.end("`boxtest down`");
    kept_.wait();
    EXPECT_EQ(next().state, KeeperState::stopping);
}

}  // namespace
}  // namespace boxtest
