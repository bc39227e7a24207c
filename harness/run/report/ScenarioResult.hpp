#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/Transcript.hpp"

namespace boxtest {

enum class Verdict {
    passed,
    failed,
    knownGap,  ///< Passed, and it shows a known gap in the documentation's promises.
    notRun,    ///< Not begun, or not finished because the machine failed or the user interrupted.
};

/// "passed", "failed", "known gap", "not run".
inline const char* toString(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed: return "passed";
        case Verdict::knownGap: return "known gap";
        case Verdict::failed: return "failed";
        case Verdict::notRun: break;
    }
    return "not run";
}

/// Why a scenario was not run, or why its run is invalid.
enum class NotRunCause {
    stopped,              ///< The whole run ended first.
    machine,              ///< No machine was available, or its machine failed.
    changeFailed,         ///< A change that every machine gets (a sabotage) could not be made.
    changeWithoutEffect,  ///< The change was made but did not take effect.
};

/// Result of one scenario.
struct ScenarioResult {
    std::string scenario;  ///< "TcpRefused.NoListener"
    std::string claim;     ///< "tcp-refused"
    Verdict verdict = Verdict::notRun;
    NotRunCause cause = NotRunCause::stopped;         ///< For notRun.
    bool begun = false;                               ///< For notRun: it had begun but did not finish.
    std::chrono::duration<double> duration{};         ///< Of the scenario only, without the harness's work for its machine.
    std::chrono::duration<double> preparation{};      ///< Of its machine: fork, clock, and the first session if that was opened
                                                      ///< before the scenario began.
    std::vector<std::string> failures;                ///< "file:line\ntext" each; for notRun the reason, if known.
    std::filesystem::path kept = {};                  ///< Folder of the kept machine, in its state at the failure; empty if none
                                                      ///< was kept.
    std::string resume = {};                          ///< As RunFacts::resume, for merged runs in which this value differs.
    std::string gap = {};                             ///< The known gap that it shows when it passes; usually empty.
    std::map<std::string, std::string> records = {};  ///< Short values that the scenario recorded for the report.
    std::vector<std::filesystem::path> attachments = {};  ///< Files that the scenario attached to the report.
    std::map<std::string, std::size_t> askedCounts = {};  ///< Number of requests to machines, by kind: "statement", "command",
                                                          ///< ...
    // For a failed scenario:
    std::vector<Transcript::Entry> asked = {};  ///< Its last requests.
    std::string journal = {};                   ///< The end of the guest's journal at that time.
    std::string console = {};                   ///< The end of its serial console's output.
};

/// The failures as a report shows them: a scenario that did not finish is marked as such.
inline std::vector<std::string> failureTexts(const ScenarioResult& result) {
    auto texts = result.failures;
    if (result.verdict == Verdict::notRun && result.begun && !texts.empty())
        texts.front() = "begun, not finished: " + texts.front();
    return texts;
}

/// Whether it passed; a known gap counts as passed.
inline bool isGreen(const ScenarioResult& result) {
    return result.verdict == Verdict::passed || result.verdict == Verdict::knownGap;
}

}  // namespace boxtest
