#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "Paths.hpp"
#include "base/TemporaryFolder.hpp"
#include "schedule/ForkRunner.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {

/// Runs the fake scenarios program, which has no forks.
class ForkRunnerTest : public testing::Test {
   protected:
    ForkRunnerTest() : trace_("BOXTEST_FAKE_TRACE", folder_.path().string()) { std::ofstream(folder_.path() / "trace"); }

    RunReport run(const std::string& behaviour) {
        return run(behaviour, {{"TcpRefused.NoListener", "tcp-refused", "", {}},
                               {"TcpRefused.Loopback", "tcp-refused", "", {}},
                               {"PeerAuth.Matrix", "peer-auth", "", {}},
                               {"PeerAuth.Root", "peer-auth", "", {}}});
    }
    RunReport run(const std::string& behaviour, std::vector<CatalogueEntry> plan) {
        const ScopedVariable told("BOXTEST_FAKE_SCENARIOS", behaviour);
        RunReport report(std::move(plan));
        ForkRunner(options_, log_, failure_).run(report);
        return report;
    }
    std::string trace() const {
        std::ostringstream text;
        text << std::ifstream(folder_.path() / "trace").rdbuf();
        return text.str();
    }
    /// The largest number of scenarios that ran at the same time.
    int mostAtOnce() const {
        std::istringstream lines(trace());
        int now = 0, most = 0;
        for (std::string scenario, what; lines >> scenario >> what;) {
            now += what == "run" ? 1 : what == "ended" ? -1 : 0;
            most = std::max(most, now);
        }
        return most;
    }
    std::vector<std::string> shown() const {
        std::vector<std::string> lines;
        for (const auto& line : log_.lines())
            if (line.starts_with("ok ") || line.starts_with("FAILED ") || line.starts_with("not run "))
                lines.push_back(line.substr(0, line.find(" (")));
        return lines;
    }
    static const ScenarioResult& resultOf(const RunReport& report, std::string_view scenario) {
        for (const auto& result : report.results())
            if (result.scenario == scenario) return result;
        throw std::logic_error("no result of " + std::string(scenario));
    }

    TemporaryFolder folder_{"runner"};
    ScopedVariable trace_;
    RecordingLog log_;
    FailureLatch failure_;
    ForkRunnerOptions options_{.program = paths::source("tests/cli/fake-scenarios"),
                               .templateFolder = "/the/template",
                               .attachments = folder_.path() / "attachments",
                               .jobs = 1,
                               .outputOf = [this](const std::string& name) { return folder_.path() / (name + ".log"); },
                               .keptFolderOf = [this](const std::string& name) { return folder_.path() / "kept" / name; },
                               .pause = {}};
};

}  // namespace boxtest
