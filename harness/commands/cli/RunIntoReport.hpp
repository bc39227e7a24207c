#pragma once

#include <functional>
#include <optional>

#include "base/Interruption.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// For commands that end with a report. Runs `work`, which makes `report` as soon as it is known what will run; what ends it
/// early, an error of the machine or a signal, is then part of the report. Returns false when a signal came before there was a
/// report: the exit status is then 130. Throws usage errors, and every error that came before there was a report.
[[nodiscard]] bool runIntoReport(const Interruption& interruption, std::optional<RunReport>& report,
                                 const std::function<void()>& work);

}  // namespace boxtest
