#include "report/RunAgain.hpp"

#include "base/ShellQuote.hpp"
#include "report/HtmlParts.hpp"

namespace boxtest {

namespace {

/// A report may come from anyone, and a shell word cannot contain NUL.
std::string word(std::string text) {
    std::erase(text, '\0');
    return shellQuote(text);
}

std::string runOn(const RunFacts::Live& live, const std::string& what) {
    if (live.machine.empty()) return "boxtest run " + word(what);
    auto command = "boxtest verify " + word(live.machine) + " " + word(what);
    for (const auto& option : live.options) command += " " + word(option);
    return command;
}

std::string resumeBy(const std::string& command, const std::string& scenario) {
    return (command.empty() ? "boxtest resume" : command) + " " + word(scenario);
}

}  // namespace

std::string runAgain(const RunFacts& facts, const std::string& what) { return runOn(facts.live, what); }

std::string runAgain(const nlohmann::json& report, const std::string& what) {
    const auto& live = html::partOf(report, "live");
    RunFacts::Live machine;
    machine.machine = html::textOf(live, "machine");
    for (const auto& option : html::partOf(live, "options"))
        if (option.is_string()) machine.options.push_back(option.get<std::string>());
    return runOn(machine, what);
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
