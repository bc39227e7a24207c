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

/// The machines of one scenario: its own, and a neighbour if it uses one. They end with the object.
class ScenarioMachines {
   public:
    /// Returns the manifest of a machine's guest. A function, so that tests can use machines whose guest has no folder.
    using ManifestOf = std::function<Manifest(const TestMachine& machine)>;
    static Manifest manifestInFolder(const TestMachine& machine) { return Manifest::load(machine.guest().folder); }

    /// Source and log must outlive the object.
    ScenarioMachines(MachineSource& source, Log& log, ManifestOf manifestOf)
        : source_(source), log_(log), manifestOf_(std::move(manifestOf)), own_(std::make_unique<One>()) {}
    ScenarioMachines(const ScenarioMachines&) = delete;
    ScenarioMachines& operator=(const ScenarioMachines&) = delete;
    ~ScenarioMachines() { stop(); }

    /// Creates the scenario's own machine, stopped. Throws as MachineSource.
    void prepare(Deadline deadline);
    /// Only after prepare().
    TestMachine& machine() { return *own_->machine; }
    /// The latch of the scenario's own machine; also valid before and while the machine is created.
    FailureLatch& failure() { return own_->failure; }
    RunningGuest& guest() { return *own_->guest; }

    /// A second machine from the same source, created on first use; it is running, and shares an Ethernet segment with the first.
    /// Throws as MachineSource.
    RunningGuest& neighbour();

    /// Restarts the scenario's own machine, as its admin would, and returns when it is ready again. Throws as
    /// TestMachine::reboot() and Readiness::wait().
    void reboot();

    /// Runs the machine, and opens these connections to it while its clock is being set; returns when the clock is right. A
    /// connection that cannot be opened is only logged: the scenario opens it again and reports the error. Throws as
    /// TestMachine::run().
    void run(const GuestConnections& connections, Deadline deadline);
    /// As run(); then connects to PostgreSQL's socket once if there is a tunnel to it, and stops the machine again; errors of the
    /// machine are also only logged, except an error while it is stopped.
    void connectAhead(const GuestConnections& connections, Deadline deadline);

    /// Why one of the machines has failed, if it has. Waits briefly, because a very recent failure may not be visible yet.
    std::optional<std::string> trouble();

    /// Ends the machines: open connections to them are lost at once. Never throws.
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
