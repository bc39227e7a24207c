#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "base/TemporaryFolder.hpp"
#include "cli/Command.hpp"
#include "cli/RunResults.hpp"
#include "live/LiveMachine.hpp"
#include "report/ReportReader.hpp"
#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
#include "store/RunFolder.hpp"

namespace boxtest {

/// `boxtest verify USER@HOST`: runs the scenarios that are safe on a machine in use, over SSH with the user's own ssh_config.
class VerifyCommand : public Command {
   public:
    /// `version`: the version of this program, for reports and the machine's journal.
    VerifyCommand(CLI::App& program, std::string version);
    int run() override;

   private:
    /// Splits the destination, and makes file names absolute. Throws UsageError.
    void take();
    /// The options that a report repeats, so that its commands reach the machine in the same way and with the same permissions:
    /// all except those that select scenarios and those that name result files.
    std::vector<std::string> optionsToRepeat() const;
    /// The folder for the files of this verify.
    const std::filesystem::path& folder() const { return dryFolder_ ? dryFolder_->path() : folder_->path(); }
    /// Writes the box's names into folder(), from the file that the user named or from the machine.
    void takeNames(std::optional<Session>& session, const FailureLatch& failure);
    Session login(const FailureLatch& failure) const;

    /// The selected scenarios that may run; for the others, the report contains the reason.
    std::vector<CatalogueEntry> select(const Catalogue& catalogue) const;
    /// Why a scenario is not run; empty if it is run.
    std::string whyNot(const CatalogueEntry& entry) const;

    void printAll(const std::vector<CatalogueEntry>& planned, const FailureLatch& failure) const;
    void runScenarios(Session& session, RunReport& report, Log& log, const FailureLatch& failure);
    /// Writes a line to the machine's journal.
    void tellJournal(Session& session, const std::string& what) const;
    std::string journalCommand(const std::string& what) const;
    void compare(const RunReport& report);

    static constexpr long usualScenarioLimit = 900;

    std::string version_;
    std::string destination_;
    std::string user_;
    std::string filter_;
    std::string names_;
    std::string since_;
    bool allowRollback_ = false;
    bool dryRun_ = false;
    long scenarioLimit_ = usualScenarioLimit;
    std::string config_, authority_, handymanKey_;
    LiveMachine machine_;
    std::optional<Manifest> manifest_;
    std::optional<ReadReport> earlier_;
    RunResults results_;
    RunFacts facts_;
    std::optional<RunFolder> folder_;           ///< Not set for a dry run: creating a run folder removes old ones.
    std::optional<TemporaryFolder> dryFolder_;  ///< Only for a dry run.
};

}  // namespace boxtest
