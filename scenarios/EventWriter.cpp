#include "EventWriter.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "Claims.hpp"
#include "ReportProperties.hpp"
#include "base/JsonPath.hpp"

namespace boxtest {

namespace {

std::string nameOf(const testing::TestInfo& test) { return std::string(test.test_suite_name()) + "." + test.name(); }

/// From the source tree's own root on: the report is read on other machines too.
std::string placeOf(const testing::TestPartResult& part) {
    if (!part.file_name()) return "outside of any check";
    const std::string_view file = part.file_name();
    const auto root = file.rfind("scenarios/");
    return std::string(root == std::string_view::npos ? file : file.substr(root)) + ":" + std::to_string(part.line_number());
}

/// Adds what the scenario recorded, and the sentence of the known gap that it shows.
void addProperties(nlohmann::json& event, const testing::TestResult& result) {
    for (int i = 0; i < result.test_property_count(); ++i) {
        const auto& property = result.GetTestProperty(i);
        const std::string key = property.key();
        if (key == knownGapProperty) event["gap"] = property.value();
        if (key.starts_with(recordPrefix)) event["records"][key.substr(recordPrefix.size())] = property.value();
    }
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
    nlohmann::json event{{"event", "start"}, {"scenario", scenario_}};
    if (preparation_) event["preparation"] = preparation_->count();
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
    // A skipped test is neither passed nor failed to GoogleTest; here it did not prove its claim.
    if (!passed && failures_.empty()) failures_.emplace_back("the scenario ended without a verdict");
    const auto seconds = static_cast<double>(test.result()->elapsed_time()) / 1000.0;
    nlohmann::json event{{"event", "end"},
                         {"scenario", nameOf(test)},
                         {"claim", claim ? std::string(claim->id) : std::string()},
                         {"result", machineFailure_ ? "machine-failed"
                                    : passed        ? "passed"
                                                    : "failed"},
                         {"seconds", std::max(0.0, seconds - discount_.count())},
                         {"failures", machineFailure_ ? std::vector<std::string>{*machineFailure_} : failures_}};
    if (!kept_.empty()) event["kept"] = pathToJson(kept_);
    addProperties(event, *test.result());
    if (const auto counts = Transcript::ofProcess().counts(); !counts.empty()) event["asked_counts"] = counts;
    for (const auto& one : asked_)
        event["asked"].push_back({{"seconds", one.seconds}, {"who", one.who}, {"what", one.what}, {"answer", one.answer}});
    if (!surroundings_.journal.empty()) event["journal"] = surroundings_.journal;
    if (!surroundings_.console.empty()) event["console"] = surroundings_.console;
    if (event["result"] == "passed" && event.contains("gap")) event["result"] = "known-gap";
    write(event);
}

void EventWriter::addToFailure(const std::string& line) {
    if (!failures_.empty()) failures_.back() += (failures_.back().ends_with('\n') ? "" : "\n") + line;
}

void EventWriter::prepared(std::uint64_t privateMemory) { write({{"event", "prepared"}, {"private_memory", privateMemory}}); }

void EventWriter::connected() { write({{"event", "connected"}}); }

void EventWriter::unprepared(const std::string& why) { write({{"event", "unprepared"}, {"reason", why}}); }

void EventWriter::failing() { write({{"event", "failing"}, {"failures", failures_}}); }

void EventWriter::paused(const nlohmann::json& machine) { write({{"event", "paused"}, {"machine", machine}}); }

void EventWriter::released(std::uint64_t privateMemory, const Ways& ways) {
    write({{"event", "released"}, {"private_memory", privateMemory}, {"ways", wordsOf(ways)}});
}

void EventWriter::OnTestProgramEnd(const testing::UnitTest&) {
    if (!holdsDone_) done();
}

void EventWriter::done() { write({{"event", "done"}}); }

void EventWriter::write(const nlohmann::json& event) {
    // Text from the guest may be anything: what is no UTF-8 is replaced, never an exception in the middle of a run.
    const auto line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
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
