#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>

#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// A run read back from its JSON: the arguments of reportJson(), as far as other reports need them. Transcripts, journals and the
/// time line are not read.
struct ReadReport {
    RunReport report;
    std::chrono::duration<double> duration{};
    RunFacts facts;

    /// Throws UsageError when the JSON is not a report.
    static ReadReport of(const nlohmann::json& json);
};

}  // namespace boxtest
