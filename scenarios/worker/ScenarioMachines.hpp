#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "reach/RunningGuest.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

/// The machines of one scenario: its own, and a neighbour when it asks for one. They end with the object.
class ScenarioMachines {
   public:
    /// The manifest of a machine's guest. A function, so that tests can have machines whose guest has no folder.
    using ManifestOf = std::function<Manifest(const TestMachine& machine)>;
    static Manifest manifestInFolder(const TestMachine& machine) { return Manifest::load(machine.guest().folder); }

    /// Source and log must outlive the object.
    ScenarioMachines(MachineSource& source, Log& log, ManifestOf manifestOf)
        : source_(source), log_(log), manifestOf_(std::move(manifestOf)), own_(std::make_unique<One>()) {}
    ScenarioMachines(const ScenarioMachines&) = delete;
    ScenarioMachines& operator=(const ScenarioMachines&) = delete;
    ~ScenarioMachines() { stop(); }

    /// Makes the scenario's own machine, stopped. Throws as MachineSource.
    void prepare(Deadline deadline);
    /// After prepare().
    TestMachine& machine() { return *own_->machine; }
    /// Its machine's, also before and while that is made.
    FailureLatch& failure() { return own_->failure; }
    RunningGuest& guest() { return *own_->guest; }

    /// A second machine from the same source, made when first asked for; it runs, and shares an Ethernet segment with the
    /// first. Throws as MachineSource.
    RunningGuest& neighbour();

    /// Restarts the scenario's own machine, as its admin would, and returns when it is ready again. Throws as
    /// TestMachine::reboot() and Readiness::wait().
    void reboot();

    /// Lets the machine run, and makes these connections to it while its clock is set; returns when it is right. One that cannot
    /// be made is only logged: the scenario will meet it, and say so in its own words. Throws as TestMachine::run().
    void run(const GuestConnections& connections, Deadline deadline);
    /// The same, knocks at PostgreSQL's socket when there is a tunnel to it, and stops the machine again; what is wrong with the
    /// machine is only logged too.
    void connectAhead(const GuestConnections& connections, Deadline deadline);

    /// Why one of the machines is hopeless, if it is. When the latest trouble may not have shown yet, waits a moment for it.
    std::optional<std::string> trouble();

    /// Ends the machines: whatever is still connected to them loses its connection at once. Never throws.
    void stop() noexcept;

   private:
    struct One {
        FailureLatch failure;
        std::unique_ptr<TestMachine> machine;
        std::unique_ptr<RunningGuest> guest;
        bool stopped = false;
    };
    void make(One& one, Deadline deadline);
    void stop(One& one) noexcept;

    MachineSource& source_;
    Log& log_;
    ManifestOf manifestOf_;
    std::unique_ptr<One> own_;
    std::unique_ptr<One> neighbour_;
};

}  // namespace boxtest
