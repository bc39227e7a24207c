#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "SandboxFindings.hpp"

namespace boxtest {

/// What root sees where a probe looks: the owner by path, and the owner of the program by a program's name. What is not in it is
/// not there.
using PathOwners = std::map<std::string, std::string>;

/// One probe as one service is asked, and what it may answer.
struct BreakInProbe {
    std::string line;  ///< As the program takes it: words separated by tabs.
    std::string expected;

    /// The path of the machine that the probe is about, or nothing: what must be there, or nothing is proved by a refusal.
    std::optional<std::string> path() const;
    /// The name of the program that the probe runs, or nothing.
    std::optional<std::string> program() const;
    /// Nothing when the answer is as expected, else one line that tells the probe, what was expected and what was found. `user`
    /// is the service's.
    std::optional<std::string> deviation(const ProbeAnswer& answer, const PathOwners& owners, const std::string& user) const;
    /// "read /etc/shadow": for people.
    std::string describe() const;
};

/// The break-in probes and what each service's sandbox must answer: scenarios/expected/break-in.txt tells the format.
class BreakInTable {
   public:
    /// The services in the order of the table's columns.
    static constexpr std::array<std::string_view, 4> services{"postgresql", "odoo", "pgadmin", "nginx"};
    /// What stands for "{name}": a line for each, when there are several.
    using Values = std::map<std::string, std::vector<std::string>>;

    /// Throws std::invalid_argument naming the line that it cannot read.
    static BreakInTable parse(std::string_view text);
    /// The repository's.
    static const BreakInTable& expected();
    /// Its table of the units that take and restore backups: one answer for all of them.
    static const BreakInTable& expectedOfBackups();

    /// What is asked of one of the services. Throws std::invalid_argument for a name without a value.
    std::vector<BreakInProbe> probesOf(std::string_view service, const Values& values) const;
    /// Of a table with one answer a row.
    std::vector<BreakInProbe> probesOfAll(const Values& values) const;

   private:
    struct Row {
        std::vector<std::string> words;
        std::vector<std::string> expected;  ///< One for all services, or one each.
    };
    std::vector<Row> rows_;
};

}  // namespace boxtest
