#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Interruption.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"
#include "cli/RunResults.hpp"
#include "cli/RunTemplate.hpp"
#include "cli/TemplateWarming.hpp"
#include "cli/UpMachine.hpp"
#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
#include "store/RunFolder.hpp"

namespace boxtest {

/// `boxtest run [FILTER]`: runs scenarios and writes reports. They run on forks of the template, unless a machine is up (and no
/// option requests forks), or an option requests one machine for all.
class RunCommand : public Command {
   public:
    /// `version`: the version of this program, for reports.
    RunCommand(CLI::App& program, std::string version);
    int run() override;

   private:
    void addForkOptions();
    /// Throws UsageError for options that contradict each other.
    void check() const;
    bool asksForForks() const;

    std::vector<CatalogueEntry> selectFrom(const Catalogue& catalogue) const;
    int listOnly() const;
    void runScenarios(std::optional<RunReport>& report, Log& log, FailureLatch& failure);
    /// These four run the scenarios on machines that all scenarios share.
    void runOnUp(UpMachine up, RunReport& report, Log& log, FailureLatch& failure);
    void runOnFresh(RunReport& report, Log& log, FailureLatch& failure);
    void runOnOneFork(RunReport& report, Log& log, FailureLatch& failure);
    void runOn(const MachineInfo& info, RunReport& report, Log& log, const FailureLatch& failure);
    /// Runs each scenario on a fork: a new one, or one that was left as it was.
    void runOnForks(RunReport& report, Log& log, FailureLatch& failure);

    /// With --quick, this may be a template that was frozen right after its boot; the warm one is then made in the background.
    RunTemplate findTemplate(RunReport& report, Log& log, FailureLatch& failure);
    std::size_t jobs() const;
    std::optional<UpMachine> machineThatIsUp(Log& log);

    std::string version_;
    std::string filter_;
    RunResults results_;
    RunFacts facts_;
    std::optional<RunFolder> folder_;
    bool quick_ = false;
    bool listOnly_ = false;
    std::string shard_;
    std::string durations_;
    bool fresh_ = false;
    bool shared_ = false;
    bool forks_ = false;
    bool pristine_ = false;
    bool noBuild_ = false;
    bool pause_ = false;
    bool checkEffects_ = false;
    std::string jobs_;
    std::string template_;
    std::string after_;
    std::optional<std::size_t> keep_;
    std::size_t memory_ = 0;
    long scenarioLimit_ = 900;
    GuestOptions guest_;
    FailureLatch warmingFailure_;
    std::optional<TemplateWarming> warming_;
};

}  // namespace boxtest
