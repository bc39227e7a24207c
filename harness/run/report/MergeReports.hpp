#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace boxtest {

/// The JSON of a run, and what a person calls it.
struct NamedReport {
    std::string name;
    nlohmann::json* json;
};

/// The reports of runs that several machines made of shares of the same scenarios, as the report of one run: every scenario with
/// the result of the one run that ran it; claims, counts and exit status anew; "shards" in "run" tells which runs those were; its
/// duration is that of the longest. With `--shard` in all of them, a share that is missing stops the report: it is not complete.
///
/// Throws UsageError, which names the reports, when they are of different guests, know different scenarios (boxtest was another
/// one), or have run the same scenario; and for what is no report.
nlohmann::json mergeReports(const std::vector<NamedReport>& reports);

}  // namespace boxtest
