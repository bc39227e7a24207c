#pragma once

#include <chrono>
#include <exception>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/Error.hpp"
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
    /// The error names the report.
    static ReadReport of(const nlohmann::json& json, const std::string& name);
    /// Of the JSON in a file. Throws as readReportJson().
    static ReadReport load(const std::filesystem::path& file);
};

/// The JSON of a report in a file. Throws UsageError, which names the file, when it is not a report; SystemError when the file
/// cannot be read.
nlohmann::json readReportJson(const std::filesystem::path& file);

/// The error for JSON in which a value is missing or has another type, as `error` of nlohmann-json says.
UsageError noReport(const std::exception& error);

}  // namespace boxtest
