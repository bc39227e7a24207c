#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace boxtest {

/// The JSON of a run, and its name for messages.
struct NamedReport {
    std::string name;
    nlohmann::json* json;
};

/// Merges reports of runs in which several machines each ran a share of the scenarios. Every scenario has the result of the one
/// run that ran it; claims, counts and exit status are recomputed; "shards" in "run" lists the runs; the duration is the longest
/// one. If all runs used `--shard` and a share is missing, the report gets a stop reason: it is incomplete.
///
/// Throws UsageError, which names the reports, when they are of different guests, have different catalogues of scenarios (another
/// boxtest), or contain the same scenario; also for JSON that is not a report.
nlohmann::json mergeReports(const std::vector<NamedReport>& reports);

}  // namespace boxtest
