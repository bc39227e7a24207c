#include "cli/RunIntoReport.hpp"

#include "base/Error.hpp"
#include "report/ExitCode.hpp"

namespace boxtest {

bool runIntoReport(const Interruption& interruption, std::optional<RunReport>& report, const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        if (interruption.signal() && !report) return false;
        if (!report || exitCodeOf(error) == ExitCode::usage) throw;
        if (!interruption.signal()) report->stopped(error.what());
    }
    const auto signal = interruption.signal();
    if (!signal) return true;
    if (report) report->interrupted(Interruption::describe(*signal));
    return report.has_value();
}

}  // namespace boxtest
