#pragma once

#include <chrono>
#include <filesystem>
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

/// The JSON of a report in a file, checked by ReadReport::of(). Throws UsageError, which names the file, when it is not a report;
/// SystemError when the file cannot be read.
nlohmann::json readReportJson(const std::filesystem::path& file);

}  // namespace boxtest
