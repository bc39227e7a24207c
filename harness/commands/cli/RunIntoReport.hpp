#pragma once

#include <functional>
#include <optional>

#include "base/Interruption.hpp"
#include "report/RunReport.hpp"

namespace boxtest {

/// For commands that end with a report. Runs `work`, which creates `report` as soon as it is known what will run. If an error of
/// the machine or a signal ends the work early, the report contains the reason. Returns false when a signal came before the
/// report existed: the exit status is then 130. Throws usage errors, and every error that occurred before the report existed.
[[nodiscard]] bool runIntoReport(const Interruption& interruption, std::optional<RunReport>& report,
                                 const std::function<void()>& work);

}  // namespace boxtest
