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

/// `boxtest verify USER@HOST`: the scenarios that are safe on a machine in use, over SSH by the person's own ssh_config.
class VerifyCommand : public Command {
   public:
    /// `version`: of this program, for reports and the machine's journal.
    VerifyCommand(CLI::App& program, std::string version);
    int run() override;

   private:
    /// Splits the destination, and makes names of files absolute. Throws UsageError.
    void take();
    /// What a report repeats, so that its commands reach the machine in the same way and may do there as much: all but what
    /// selects scenarios and what names files of results.
    std::vector<std::string> optionsToRepeat() const;
    /// Where the files for this verify lie.
    const std::filesystem::path& folder() const { return dryFolder_ ? dryFolder_->path() : folder_->path(); }
    /// The box's names: into that folder, from the file that was named or from the machine.
    void takeNames(std::optional<Session>& session, const FailureLatch& failure);
    Session login(const FailureLatch& failure) const;

    /// The scenarios that are meant and may be run; of the others the report is told why not.
    std::vector<CatalogueEntry> select(const Catalogue& catalogue) const;
    /// Why this one is not run; empty: it is.
    std::string whyNot(const CatalogueEntry& entry) const;

    void printAll(const std::vector<CatalogueEntry>& planned, const FailureLatch& failure) const;
    void runScenarios(Session& session, RunReport& report, Log& log, const FailureLatch& failure);
    /// A line in the machine's journal.
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
    std::optional<RunFolder> folder_;           ///< Not of a dry run: to make one takes old ones away.
    std::optional<TemporaryFolder> dryFolder_;  ///< Of a dry run.
};

}  // namespace boxtest
