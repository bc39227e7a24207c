#include "report/JunitXml.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string_view>
#include <vector>

#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;
            case '\t': out += "&#9;"; break;
            default: out += c;
        }
    }
    // U+FFFE and U+FFFF are UTF-8, but no characters of XML 1.0 (section 2.2).
    for (const auto* forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
        for (auto at = out.find(forbidden); at != std::string::npos; at = out.find(forbidden)) out.replace(at, 3, "?");
    return out;
}

std::string propertiesOf(const ScenarioResult& result) {
    std::string xml;
    const auto add = [&](std::string_view name, std::string_view value) {
        xml += fmt::format("        <property name=\"{}\" value=\"{}\"/>\n", escaped(name), escaped(value));
    };
    if (result.preparation.count() > 0) add("machine_seconds", fmt::format("{:.3f}", result.preparation.count()));
    if (result.verdict == Verdict::knownGap) add("known_gap", result.gap);
    for (const auto& [key, value] : result.records) add(key, value);
    return xml.empty() ? xml : "      <properties>\n" + xml + "      </properties>\n";
}

/// The form of attachments that Jenkins and GitLab understand.
std::string outputOf(const ScenarioResult& result) {
    std::string text;
    if (result.verdict == Verdict::knownGap) text += "known gap: " + result.gap + "\n";
    for (const auto& file : result.attachments) text += fmt::format("[[ATTACHMENT|{}]]\n", file.string());
    return text.empty() ? text : "      <system-out>" + escaped(text) + "</system-out>\n";
}

/// One element for all failures of a scenario: with several in one <testcase>, readers count them twice, keep the first only, or
/// refuse the file.
std::string failureOf(const ScenarioResult& result) {
    if (result.verdict != Verdict::failed && result.verdict != Verdict::notRun) return {};
    const bool failed = result.verdict == Verdict::failed;
    auto texts = failureTexts(result);
    if (texts.empty()) texts.emplace_back(failed ? "failed" : "not run");
    auto message = (failed ? "" : "not run: ") + texts.front().substr(0, texts.front().find('\n'));
    if (texts.size() > 1) message += fmt::format(" (and {} more)", texts.size() - 1);
    return fmt::format("      <{0} message=\"{1}\">{2}</{0}>\n", failed ? "failure" : "error", escaped(message),
                       escaped(fmt::to_string(fmt::join(texts, "\n\n"))));
}

std::string caseOf(const ScenarioResult& result) {
    const auto dot = result.scenario.find('.');
    const auto suite = result.scenario.substr(0, dot);
    const auto name = dot == std::string::npos ? result.scenario : result.scenario.substr(dot + 1);
    auto xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n", escaped(suite), escaped(name),
                           result.duration.count());
    xml += propertiesOf(result) + failureOf(result);
    return xml + outputOf(result) + "    </testcase>\n";
}

std::string countsOf(const Counts& counts, std::chrono::duration<double> duration) {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.3f}\"", counts.all(), counts.failed,
                       counts.notRun, duration.count());
}

}  // namespace

std::string junitXml(const RunReport& report, std::chrono::duration<double> duration) {
    struct Suite {
        Counts counts;
        std::chrono::duration<double> duration{};
        std::string cases;
    };
    std::map<std::string, Suite> suites;
    for (const auto& result : report.results()) {
        auto& suite = suites[result.claim];
        suite.counts.add(result.verdict);
        suite.duration += result.duration;
        suite.cases += caseOf(result);
    }
    auto xml = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"boxtest\" {}>\n",
                           countsOf(report.counts(), duration));
    for (const auto& [claim, suite] : suites)
        xml += fmt::format("  <testsuite name=\"{}\" {}>\n{}  </testsuite>\n", escaped(claim),
                           countsOf(suite.counts, suite.duration), suite.cases);
    return xml + "</testsuites>\n";
}

}  // namespace boxtest
