#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace boxtest {

enum class Verdict {
    passed,
    failed,
    notRun,  ///< Not begun, or begun and not finished because the machine failed or a person interrupted.
};

/// What became of one scenario.
struct ScenarioResult {
    std::string scenario;  ///< "TcpRefused.NoListener"
    std::string claim;     ///< "tcp-refused"
    Verdict verdict = Verdict::notRun;
    std::chrono::duration<double> duration{};
    std::vector<std::string> failures;  ///< "file:line\ntext" each; for notRun the reason, if there is one.
};

}  // namespace boxtest
