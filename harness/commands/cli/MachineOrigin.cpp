#include "cli/MachineOrigin.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "cli/GuestOptions.hpp"
#include "ready/BoxHooks.hpp"
#include "store/Store.hpp"
#include "template/Fork.hpp"
#include "template/LastMade.hpp"
#include "template/Template.hpp"

namespace boxtest {

namespace {

/// The machine of a person, who may reboot its guest.
class RebootableMachine : public Keeper::OwnedMachine {
   public:
    void waitForReboot(const FailureLatch& /*failure*/) final { machine().waitForReset(Deadline::never()); }
    void comeBack(Log& log, const FailureLatch& failure) final {
        const auto deadline = Deadline::in(budget_);
        settleAfterReboot(deadline);
        boxHooks().waitUntilReady(guest(), info(), log, failure, deadline);
    }

   protected:
    /// `budget` for a reboot, until the guest is ready.
    explicit RebootableMachine(std::chrono::seconds budget) : budget_(budget) {}
    void permitReboots() { machine().onReset(OnReset::goOn, Deadline::in(budget_)); }

   private:
    virtual Machine& machine() = 0;
    virtual const Guest& guest() const = 0;
    virtual void settleAfterReboot(Deadline deadline) = 0;

    std::chrono::seconds budget_;
};

class BootedMachine final : public RebootableMachine {
   public:
    BootedMachine(ReadyMachine machine, std::chrono::seconds budget) : RebootableMachine(budget), machine_(std::move(machine)) {
        permitReboots();
    }
    const MachineInfo& info() const override { return machine_.info(); }
    void giveUp() override {
        machine_.stop(Deadline::in(std::chrono::seconds(10)));
        machine_.folder().keepLogs();
    }

   private:
    Machine& machine() override { return machine_.machine(); }
    const Guest& guest() const override { return machine_.guest(); }
    void settleAfterReboot(Deadline deadline) override {
        machine().agent().sync(deadline);
        machine().forgetResets(deadline);
    }

    ReadyMachine machine_;
};

class ForkedMachine final : public RebootableMachine {
   public:
    ForkedMachine(std::unique_ptr<Fork> fork, std::chrono::seconds budget) : RebootableMachine(budget), fork_(std::move(fork)) {
        permitReboots();
    }
    const MachineInfo& info() const override { return fork_->info(); }
    void giveUp() override {
        fork_->stop(Deadline::in(std::chrono::seconds(10)));
        fork_->folder().keepLogs();
    }

   private:
    Machine& machine() override { return fork_->machine(); }
    const Guest& guest() const override { return fork_->guest(); }
    void settleAfterReboot(Deadline deadline) override { fork_->settleAfterReboot(deadline); }

    std::unique_ptr<Fork> fork_;
};

std::unique_ptr<Fork> prepare(const MachineOrigin& origin, Log& log, FailureLatch& failure, const Keeper::Booting& booting,
                              Deadline deadline) {
    if (!origin.kept.empty()) {
        const auto kept = origin.keptMachine(log, &failure, deadline);
        return Fork::resume(boxHooks(), kept.machine, log, failure, deadline);
    }
    auto from = origin.templateFolder.empty()
                    ? Template::findOrBuild(boxHooks(), {.boot = origin.boot, .booting = booting}, log, failure, deadline)
                    : Template::open(boxHooks(), origin.templateFolder, deadline);
    return Fork::prepare(std::move(from), log, failure, deadline);
}

}  // namespace

LeasedKeptMachine MachineOrigin::keptMachine(Log& log, const FailureLatch* failure, Deadline deadline) const {
    auto machine = KeptMachine::load(kept);
    if (!templateFolder.empty()) return keptOnTemplate(boxHooks(), machine, templateFolder, log, failure, deadline);
    auto leases = machine.useAll(log, failure, deadline);
    return {.machine = std::move(machine), .leases = std::move(leases)};
}

std::vector<std::string> MachineOrigin::arguments() const {
    auto words = kept.empty() ? GuestOptions::arguments(boot) : std::vector<std::string>{"--kept", kept.string()};
    if (fresh) words.emplace_back("--fresh");
    if (!templateFolder.empty()) words.insert(words.end(), {"--template", templateFolder.string()});
    return words;
}

Keeper::Boot MachineOrigin::start() const {
    return [origin = *this](Log& log, FailureLatch& failure,
                            const Keeper::Booting& booting) -> std::unique_ptr<Keeper::OwnedMachine> {
        if (origin.fresh) {
            auto options = origin.boot;
            options.lastBoot = LastMade::in(store::templates()).boot;
            return std::make_unique<BootedMachine>(ReadyMachine::boot(boxHooks(), options, log, failure, booting),
                                                   options.timeout);
        }
        const auto deadline = Deadline::in(origin.boot.timeout);
        auto fork = prepare(origin, log, failure, booting, deadline);
        booting(fork->info());
        log.waiting("the fork to come to life", {});
        fork->run(deadline);
        log.line(origin.kept.empty() ? fmt::format("forked from the template {}", fork->info().templateKey.substr(0, 12))
                                     : fmt::format("resumed from '{}'", origin.kept.string()));
        return std::make_unique<ForkedMachine>(std::move(fork), origin.boot.timeout);
    };
}

}  // namespace boxtest
