#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "EventWriter.hpp"
#include "ScenarioMachines.hpp"
#include "base/Error.hpp"
#include "base/Interruption.hpp"
#include "report/ScenarioResult.hpp"
#include "worker/CommandReader.hpp"

namespace boxtest {

/// Runs one scenario on its own machine, controlled by `boxtest run`: prepares the machine, waits for its turn, runs the
/// scenario, ends the machine, and packs the kept state. With `reuse`, further scenarios can follow on the machine as long as
/// each one passes. WorkerCommand and ScenarioEvent describe the protocol.
class Worker {
   public:
    struct Options {
        std::string scenario;
        bool reuse = false;  ///< Offer the machine to another scenario after each one that passes.
        int commandsFd = -1;
        int eventsFd = -1;
        /// Packs the kept state after the machine has ended.
        std::function<void(const std::filesystem::path& kept)> pack;
        ScenarioMachines::ManifestOf manifestOf = ScenarioMachines::manifestInFolder;
    };

    /// Source and log must outlive the object.
    Worker(MachineSource& source, Options options, Log& log);

    /// To be called once, in the main thread: handles SIGTERM, SIGINT and SIGHUP by ending the machine and the program. Returns
    /// the program's exit status: 0 if the scenario passed or was cancelled, 1 if it failed, 3 if there was no machine for it,
    /// 130 after a signal.
    int run();

   private:
    bool waitForTurn();
    int unprepared(const Error& error, NotRunCause cause, const Interruption& interruption);
    int runScenarios();
    /// Returns the number of failed scenarios: 0 or 1.
    int runScenario(const std::string& scenario);
    /// Offers the machine to another scenario, and waits; a machine that waits for longer than a moment is stopped meanwhile.
    std::optional<WorkerCommand> nextOrder();
    /// Prepares the machine and this process for it.
    void begin(const WorkerCommand& next);
    std::uint64_t privateMemory();

    Options options_;
    Log& log_;
    EventWriter* events_;  ///< GoogleTest owns it.
    CommandReader commands_;
    ScenarioMachines machines_;
    std::chrono::duration<double> preparation_{};
    std::vector<std::string> before_;  ///< The scenarios that the machine has had, the present one not included.
    bool paused_ = false;              ///< While the machine waits for another scenario.
};

}  // namespace boxtest
