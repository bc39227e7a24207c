#include "EventWriter.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

#include "Claims.hpp"
#include "ReportProperties.hpp"

namespace boxtest {

namespace {

using Kind = ScenarioEvent::Kind;

std::string nameOf(const testing::TestInfo& test) { return std::string(test.test_suite_name()) + "." + test.name(); }

/// Relative to the root of the source tree, because the report is also read on other machines.
std::string placeOf(const testing::TestPartResult& part) {
    if (!part.file_name()) return "outside of any check";
    const std::string_view file = part.file_name();
    const auto root = file.rfind("scenarios/");
    return std::string(root == std::string_view::npos ? file : file.substr(root)) + ":" + std::to_string(part.line_number());
}

/// Adds the values that the scenario recorded, and the sentence of the known gap that it shows.
void addProperties(ScenarioResult& scenario, const testing::TestResult& result) {
    for (int i = 0; i < result.test_property_count(); ++i) {
        const auto& property = result.GetTestProperty(i);
        const std::string key = property.key();
        if (key == knownGapProperty) scenario.gap = property.value();
        if (key.starts_with(recordPrefix)) scenario.records[key.substr(recordPrefix.size())] = property.value();
    }
}

/// Removes secrets from all texts of a scenario that a report shows.
void concealIn(ScenarioResult& scenario, const Concealment& concealment) {
    const auto apply = [&](std::string& text) { text = concealment.in(std::move(text)); };
    for (auto& failure : scenario.failures) apply(failure);
    for (auto& [key, value] : scenario.records) apply(value);
    for (auto& one : scenario.asked) {
        apply(one.what);
        apply(one.answer);
    }
    for (auto* text : {&scenario.gap, &scenario.journal, &scenario.console}) apply(*text);
}

}  // namespace

void EventWriter::OnTestStart(const testing::TestInfo& test) {
    Transcript::ofProcess().restart();
    surroundings_ = {};
    asked_.clear();
    failures_.clear();
    machineFailure_.reset();
    kept_.clear();
    discount_ = {};
    failuresEnded_ = false;
    scenario_ = nameOf(test);
    ScenarioEvent event{.kind = Kind::start};
    event.result.scenario = scenario_;
    event.result.preparation = preparation_;
    write(event);
}

void EventWriter::OnTestPartResult(const testing::TestPartResult& part) {
    if (!part.failed() || failuresEnded_) return;
    if (failures_.empty()) noteSurroundings();
    failures_.push_back(placeOf(part) + "\n" + part.message());
}

void EventWriter::noteSurroundings() {
    asked_ = Transcript::ofProcess().entries();
    if (!look_) return;
    try {
        surroundings_ = look_();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest-scenarios: cannot look around a failure: %s\n", error.what());
    }
}

void EventWriter::OnTestEnd(const testing::TestInfo& test) {
    const auto* claim = claimOfSuite(test.test_suite_name());
    const bool passed = test.result()->Passed();
    // For GoogleTest, a skipped test has neither passed nor failed; here it did not prove its claim.
    if (!passed && failures_.empty()) failures_.emplace_back("the scenario ended without a verdict");
    const auto seconds = static_cast<double>(test.result()->elapsed_time()) / 1000.0;
    ScenarioEvent event{.kind = Kind::end};
    auto& ended = event.result;
    addProperties(ended, *test.result());
    ended.scenario = nameOf(test);
    if (claim) ended.claim = claim->id;
    ended.verdict = machineFailure_      ? Verdict::notRun
                    : !passed            ? Verdict::failed
                    : !ended.gap.empty() ? Verdict::knownGap
                                         : Verdict::passed;
    ended.duration = std::chrono::duration<double>(std::max(0.0, seconds - discount_.count()));
    ended.failures = machineFailure_ ? std::vector<std::string>{*machineFailure_} : failures_;
    ended.kept = kept_;
    ended.askedCounts = Transcript::ofProcess().counts();
    ended.asked = asked_;
    ended.journal = surroundings_.journal;
    ended.console = surroundings_.console;
    concealIn(ended, concealment_);
    write(event);
}

void EventWriter::addToFailure(const std::string& line) {
    if (!failures_.empty()) failures_.back() += (failures_.back().ends_with('\n') ? "" : "\n") + line;
}

void EventWriter::prepared(std::uint64_t privateMemory) { write({.kind = Kind::prepared, .privateMemory = privateMemory}); }

void EventWriter::connected() { write({.kind = Kind::connected}); }

void EventWriter::unprepared(const std::string& why, NotRunCause cause) {
    ScenarioEvent event{.kind = Kind::unprepared, .text = why};
    event.result.cause = cause;
    write(event);
}

void EventWriter::failing() {
    ScenarioEvent event{.kind = Kind::failing};
    event.result.failures = failures_;
    concealIn(event.result, concealment_);
    write(event);
}

void EventWriter::paused(const std::string& machine) { write({.kind = Kind::paused, .text = machine}); }

void EventWriter::reusable(std::uint64_t privateMemory, const GuestConnections& connections) {
    write({.kind = Kind::reusable, .privateMemory = privateMemory, .connections = connections});
}

void EventWriter::released(std::uint64_t privateMemory, const GuestConnections& connections) {
    write({.kind = Kind::released, .privateMemory = privateMemory, .connections = connections});
}

void EventWriter::OnTestProgramEnd(const testing::UnitTest&) {
    if (!holdsDone_) done();
}

void EventWriter::done() { write({.kind = Kind::done}); }

void EventWriter::write(const ScenarioEvent& event) {
    const auto line = event.line();
    std::string_view rest = line;
    while (!rest.empty()) {
        const auto written = ::write(fd_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            std::fprintf(stderr, "boxtest-scenarios: cannot write an event: %s\n", std::strerror(errno));
            std::_Exit(3);
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace boxtest
