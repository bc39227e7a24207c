#include "report/ReportJson.hpp"

#include <nlohmann/json.hpp>

#include "report/ClaimResult.hpp"
#include "report/EvidenceJson.hpp"

namespace boxtest {

namespace {

nlohmann::json toJson(const Counts& counts) {
    return {{"passed", counts.passed}, {"known_gap", counts.knownGap}, {"failed", counts.failed}, {"not_run", counts.notRun}};
}

nlohmann::json toJson(const ScenarioResult& result) {
    nlohmann::json one{{"scenario", result.scenario},        {"verdict", toString(result.verdict)},
                       {"seconds", result.duration.count()}, {"machine_seconds", result.preparation.count()},
                       {"failures", failureTexts(result)},   {"records", result.records}};
    one["attachments"] = nlohmann::json::array();
    for (const auto& file : result.attachments) one["attachments"].push_back(file.string());
    if (!result.attachments.empty()) one["evidence"] = nlohmann::json::array();
    for (const auto& file : result.attachments) one["evidence"].push_back(evidenceJson(file));
    if (!result.askedCounts.empty()) one["asked_counts"] = result.askedCounts;
    for (const auto& asked : result.asked)
        one["asked"].push_back({{"seconds", asked.seconds}, {"who", asked.who}, {"what", asked.what}, {"answer", asked.answer}});
    if (!result.journal.empty()) one["journal"] = result.journal;
    if (!result.console.empty()) one["console"] = result.console;
    if (result.verdict == Verdict::knownGap) one["gap"] = result.gap;
    if (!result.kept.empty()) one["kept"] = result.kept.string();
    if (!result.resume.empty()) one["resume"] = result.resume;
    return one;
}

nlohmann::json toJson(const TimeLine& timeLine) {
    auto rows = nlohmann::json::array();
    for (const auto& row : timeLine.rows()) {
        auto spans = nlohmann::json::array();
        for (const auto& span : row.spans)
            spans.push_back({{"phase", toString(span.phase)}, {"from", span.from}, {"to", span.to}});
        rows.push_back({{"scenario", row.scenario}, {"spans", std::move(spans)}});
    }
    return rows;
}

nlohmann::json toJson(const ClaimResult& result) {
    nlohmann::json one{{"claim", result.claim.id},
                       {"section", result.claim.section},
                       {"promise", result.claim.promise},
                       {"verdict", toString(result.verdict())},
                       {"counts", toJson(result.counts)},
                       {"left_out", result.leftOut},
                       {"scenarios", nlohmann::json::array()}};
    if (!result.claim.run.empty()) one["run"] = result.claim.run;
    if (!result.notLive.empty()) one["not_live"] = result.notLive;
    for (const auto* scenario : result.results) one["scenarios"].push_back(toJson(*scenario));
    return one;
}

}  // namespace

std::string reportJson(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts) {
    auto all = facts.toJson();
    all.update({{"exit_status", static_cast<int>(report.exitCode())},
                {"seconds", duration.count()},
                {"counts", toJson(report.counts())},
                {"claims", nlohmann::json::array()}});
    if (!report.timeLine().rows().empty()) all["time_line"] = toJson(report.timeLine());
    if (const auto& why = report.stopReason()) all["stopped"] = *why;
    for (const auto& claim : claimResults(report)) all["claims"].push_back(toJson(claim));
    return textOfReport(all);
}

std::string textOfReport(const nlohmann::json& report) {
    // Text from the guest may be invalid UTF-8.
    return report.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void judgeReportJson(nlohmann::json& json, const RunReport& report) {
    json["exit_status"] = static_cast<int>(report.exitCode());
    json["counts"] = toJson(report.counts());
    const auto results = claimResults(report);
    for (auto& claim : json.at("claims")) {
        for (const auto& result : results) {
            if (claim.at("claim") != result.claim.id) continue;
            claim["verdict"] = toString(result.verdict());
            claim["counts"] = toJson(result.counts);
        }
    }
}

}  // namespace boxtest
