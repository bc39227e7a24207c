#pragma once

#include <string>
#include <vector>

#include "ExpectedRows.hpp"
#include "RunningGuest.hpp"

namespace boxtest {

/// All there is of one kind on a machine (every door, every key, ...), as one row each: what scenarios/surveys/NAME.py prints
/// when root runs it, after scenarios/surveys/common.py. What may be there stands in scenarios/expected/NAME.txt and
/// NAME-FLAVOUR.txt, so that anything else is a finding.
class Survey {
   public:
    /// Throws GuestError when the program did not get to its end.
    /// `input` is the program's stdin, `more` are values beside those of valuesOf().
    static Survey run(RunningGuest& guest, const std::string& name, const std::string& input = {},
                      const ExpectedRows::Values& more = {});

    const std::vector<std::string>& rows() const { return rows_; }
    /// As ExpectedRows::findings.
    std::vector<std::string> findings(const std::vector<std::string>& kinds = {}) const;
    /// For the report.
    std::string text() const;

    /// Who gets in, and by what: the survey "accounts", in which {keys} are the people's, "jane SHA256:..."
    static Survey ofAccounts(RunningGuest& guest);
    /// What PostgreSQL has loaded, and what its next start would read: the survey "server".
    static Survey ofServer(RunningGuest& guest);
    /// What was changed of PostgreSQL's own since initdb: the survey "catalogue".
    static Survey ofCatalogue(RunningGuest& guest);
    /// Dumps, archives, keys outside their places: the survey "copies".
    static Survey ofCopies(RunningGuest& guest);
    /// nginx's directives, pgAdmin's settings, the accounts of both applications: the survey "web".
    static Survey ofWeb(RunningGuest& guest);
    /// What others than root may change, what runs because of where it lies: the survey "files".
    static Survey ofFiles(RunningGuest& guest);
    /// The same with a short walk: of the machine's configuration and of the superuser's home, and not of all file systems.
    static Survey ofConfiguration(RunningGuest& guest);

    /// Whether programs are what the guest's builder installed: the survey "programs". Sets: "commands" that the documentation
    /// names, "sshd", "postgresql" with initdb and what it copies, "services", "configuration", "all" there is.
    static Survey ofPrograms(RunningGuest& guest, const std::vector<std::string>& sets);

    /// The names, units, users, paths and ports of the manifest, by which expected rows are written.
    static ExpectedRows::Values valuesOf(const Manifest& manifest);

   private:
    static Survey ofCluster(RunningGuest& guest, const std::string& name);
    static Survey ofFilesBelow(RunningGuest& guest, const std::vector<std::string>& tops);

    std::vector<std::string> rows_;
    ExpectedRows expected_;
};

}  // namespace boxtest
