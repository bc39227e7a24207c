#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// A run as its JSON has it: what reportJson() was given, as far as other reports need it. What scenarios asked their machines,
/// the journals and the time line stay in the JSON.
struct ReadReport {
    RunReport report;
    std::chrono::duration<double> duration{};
    RunFacts facts;

    /// Throws UsageError for what is no report.
    static ReadReport of(const nlohmann::json& json);
};

}  // namespace boxtest
