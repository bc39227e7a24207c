#include "report/RunAgain.hpp"

#include "report/HtmlParts.hpp"
#include "ssh/ShellQuote.hpp"

namespace boxtest {

namespace {

/// A report may be anybody's file, and a shell's word holds no NUL.
std::string word(std::string text) {
    std::erase(text, '\0');
    return shellQuote(text);
}

std::string runOn(const std::string& liveMachine, const std::string& what) {
    return (liveMachine.empty() ? "boxtest run " : "boxtest verify " + word(liveMachine) + " ") + word(what);
}

std::string resumeBy(const std::string& command, const std::string& scenario) {
    return (command.empty() ? "boxtest resume" : command) + " " + word(scenario);
}

}  // namespace

std::string runAgain(const RunFacts& facts, const std::string& what) { return runOn(facts.live.machine, what); }

std::string runAgain(const nlohmann::json& report, const std::string& what) {
    return runOn(html::textOf(html::partOf(report, "live"), "machine"), what);
}

std::string resumeAgain(const RunFacts& facts, const ScenarioResult& result) {
    return resumeBy(result.resume.empty() ? facts.resume : result.resume, result.scenario);
}

std::string resumeAgain(const std::string& scenario) { return resumeBy(RunFacts::resumeOfEnvironment(), scenario); }

std::string resumeAgain(const nlohmann::json& report, const nlohmann::json& scenario) {
    const auto own = html::textOf(scenario, "resume");
    return resumeBy(own.empty() ? html::textOf(html::partOf(report, "run"), "resume") : own, html::textOf(scenario, "scenario"));
}

}  // namespace boxtest
