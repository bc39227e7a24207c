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
    knownGap,  ///< Passed, and what it shows is a known gap of what the documentation says.
    notRun,    ///< Not begun, or begun and not finished because the machine failed or a person interrupted.
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

/// Why a scenario was not run, or its run is worth nothing.
enum class NotRunCause {
    stopped,              ///< The whole run ended before.
    machine,              ///< There was no machine for it, or its machine failed.
    changeFailed,         ///< A change that is to be made to every machine (a sabotage) could not be made.
    changeWithoutEffect,  ///< It was made, and did not take effect.
};

/// What became of one scenario.
struct ScenarioResult {
    std::string scenario;  ///< "TcpRefused.NoListener"
    std::string claim;     ///< "tcp-refused"
    Verdict verdict = Verdict::notRun;
    NotRunCause cause = NotRunCause::stopped;         ///< For notRun.
    bool begun = false;                               ///< For notRun: it had begun, and was not finished.
    std::chrono::duration<double> duration{};         ///< Its own time, without what the harness needs for its machine.
    std::chrono::duration<double> preparation{};      ///< Its machine's: fork, clock, first session if that came before it began.
    std::vector<std::string> failures;                ///< "file:line\ntext" each; for notRun the reason, if there is one.
    std::filesystem::path kept = {};                  ///< Where its machine is kept as it failed; empty when it is not.
    std::string resume = {};                          ///< As RunFacts::resume, where runs are joined that have several.
    std::string gap = {};                             ///< The known gap that it shows when it passes; mostly empty.
    std::map<std::string, std::string> records = {};  ///< Short values that it wants kept.
    std::vector<std::filesystem::path> attachments = {};  ///< Files that it gave to the report.
    std::map<std::string, std::size_t> askedCounts = {};  ///< How often it asked a machine, by kind: "statement", "command", ...
    // Of a failed one:
    std::vector<Transcript::Entry> asked = {};  ///< What it asked last.
    std::string journal = {};                   ///< The end of the guest's journal, as it was then.
    std::string console = {};                   ///< The end of what its serial console showed.
};

/// Its failures as a report has them: what was begun and not finished says so.
inline std::vector<std::string> failureTexts(const ScenarioResult& result) {
    auto texts = result.failures;
    if (result.verdict == Verdict::notRun && result.begun && !texts.empty())
        texts.front() = "begun, not finished: " + texts.front();
    return texts;
}

/// It passed; a known gap that it shows is no failure.
inline bool isGreen(const ScenarioResult& result) {
    return result.verdict == Verdict::passed || result.verdict == Verdict::knownGap;
}

}  // namespace boxtest
