#pragma once

#include "report/RunReport.hpp"

namespace boxtest {

/// A claim in every state: claim-a is broken, claim-b was stopped, claim-c is proven, claim-d has a known gap, claim-e has a
/// scenario that was not selected, claim-f is proven by another run.
inline RunReport mixedReport() {
    const auto catalogue = Catalogue::parse(R"({
        "claims": [
            {"claim": "claim-a", "section": "One", "promise": "A."}, {"claim": "claim-b", "section": "One", "promise": "B."},
            {"claim": "claim-c", "section": "Two", "promise": "C."}, {"claim": "claim-d", "section": "Two", "promise": "D."},
            {"claim": "claim-e", "section": "Two", "promise": "E."},
            {"claim": "claim-f", "section": "Two", "promise": "F.", "run": "ci/other-names"}],
        "scenarios": [
            {"scenario": "A.one", "claim": "claim-a"}, {"scenario": "A.two", "claim": "claim-a"},
            {"scenario": "B.three", "claim": "claim-b"}, {"scenario": "C.four", "claim": "claim-c"},
            {"scenario": "D.five", "claim": "claim-d"}, {"scenario": "D.six", "claim": "claim-d"},
            {"scenario": "E.seven", "claim": "claim-e"}, {"scenario": "E.eight", "claim": "claim-e", "traits": ["slow"]}]})");
    RunReport report(catalogue.select("*:-slow"), catalogue);
    const auto ended = [&](const std::string& name, Verdict verdict) {
        ScenarioResult result;
        result.scenario = name;
        result.verdict = verdict;
        result.duration = std::chrono::seconds(1);
        if (verdict == Verdict::failed) result.failures = {"a.cpp:3\nodd \x1b[2J"};
        if (verdict == Verdict::knownGap) {
            result.gap = "She may do it.";
            result.records = {{"exposure x.service", "0.4"}};
        }
        report.ended(std::move(result));
    };
    for (const auto* name : {"A.one", "C.four", "D.six", "E.seven"}) ended(name, Verdict::passed);
    ended("A.two", Verdict::failed);
    ended("D.five", Verdict::knownGap);
    return report;
}

}  // namespace boxtest
