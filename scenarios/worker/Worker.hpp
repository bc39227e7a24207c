#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "EventWriter.hpp"
#include "ScenarioMachines.hpp"
#include "base/Error.hpp"
#include "base/Interruption.hpp"
#include "report/ScenarioResult.hpp"
#include "worker/CommandReader.hpp"

namespace boxtest {

/// One scenario on a machine of its own, under the orders of `boxtest run`: prepares the machine, waits for its turn, runs the
/// scenario, ends the machine, and packs what was kept of it. WorkerCommand and EventStream describe the protocol.
class Worker {
   public:
    struct Options {
        std::string scenario;
        int commandsFd = -1;
        int eventsFd = -1;
        /// Packs what was kept, after the machine has gone.
        std::function<void(const std::filesystem::path& kept)> pack;
        ScenarioMachines::ManifestOf manifestOf = ScenarioMachines::manifestInFolder;
    };

    /// Source and log must outlive the object.
    Worker(MachineSource& source, Options options, Log& log);

    /// To be called once, in the main thread: takes SIGTERM, SIGINT and SIGHUP, at which it ends the machine and the program.
    /// Returns the program's exit status: 0 when the scenario passed or was not wanted any more, 1 when it failed, 3 when there
    /// was no machine for it.
    int run();

   private:
    bool waitForTurn();
    int unprepared(const Error& error, NotRunCause cause, const Interruption& interruption);
    int runScenario();
    std::uint64_t privateMemory();

    Options options_;
    Log& log_;
    EventWriter* events_;  ///< GoogleTest owns it.
    CommandReader commands_;
    ScenarioMachines machines_;
    std::chrono::duration<double> preparation_{};
};

}  // namespace boxtest
