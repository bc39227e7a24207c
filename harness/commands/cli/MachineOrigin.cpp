#include "cli/MachineOrigin.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>

#include "cli/GuestOptions.hpp"
#include "ready/BoxHooks.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"

namespace boxtest {

namespace {

class BootedMachine final : public Keeper::OwnedMachine {
   public:
    explicit BootedMachine(ReadyMachine machine) : machine_(std::move(machine)) {}
    const MachineInfo& info() const override { return machine_.info(); }
    void giveUp() override {
        machine_.stop(Deadline::in(std::chrono::seconds(10)));
        machine_.folder().keepLogs();
    }

   private:
    ReadyMachine machine_;
};

class ForkedMachine final : public Keeper::OwnedMachine {
   public:
    explicit ForkedMachine(std::unique_ptr<Fork> fork) : fork_(std::move(fork)) {}
    const MachineInfo& info() const override { return fork_->info(); }
    void giveUp() override {
        fork_->stop(Deadline::in(std::chrono::seconds(10)));
        fork_->folder().keepLogs();
    }

   private:
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
        if (origin.fresh)
            return std::make_unique<BootedMachine>(ReadyMachine::boot(boxHooks(), origin.boot, log, failure, booting));
        const auto deadline = Deadline::in(origin.boot.timeout);
        auto fork = prepare(origin, log, failure, booting, deadline);
        booting(fork->info());
        log.waiting("the fork to come to life", {});
        fork->run(deadline);
        log.line(origin.kept.empty() ? fmt::format("forked from the template {}", fork->info().templateKey.substr(0, 12))
                                     : fmt::format("resumed from '{}'", origin.kept.string()));
        return std::make_unique<ForkedMachine>(std::move(fork));
    };
}

}  // namespace boxtest
