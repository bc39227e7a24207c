#pragma once

#include <optional>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "cli/Interruption.hpp"
#include "cli/UpMachine.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// `boxtest run [FILTER]`: runs scenarios on the machine that is up, or on one that is booted for it, and reports.
class RunCommand : public Command {
   public:
    explicit RunCommand(CLI::App& program);
    int run() override;

   private:
    void runScenarios(RunReport& report, Log& log, FailureLatch& failure);
    void runOn(const MachineInfo& info, RunReport& report, Log& log, const FailureLatch& failure);
    std::optional<UpMachine> machineThatIsUp(Log& log);

    std::string filter_;
    std::string junit_;
    bool fresh_ = false;
    long scenarioLimit_ = 900;
    GuestOptions guest_;
};

}  // namespace boxtest
