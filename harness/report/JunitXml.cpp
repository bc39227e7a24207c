#include "report/JunitXml.hpp"

#include <fmt/format.h>

#include <map>
#include <string_view>
#include <vector>

#include "machine/AtomicFile.hpp"
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

std::string caseOf(const ScenarioResult& result) {
    const auto dot = result.scenario.find('.');
    const auto suite = result.scenario.substr(0, dot);
    const auto name = dot == std::string::npos ? result.scenario : result.scenario.substr(dot + 1);
    auto xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n", escaped(suite), escaped(name),
                           result.duration.count());
    xml += propertiesOf(result);
    const auto* element = result.verdict == Verdict::failed ? "failure" : "error";
    if (result.verdict == Verdict::failed || result.verdict == Verdict::notRun) {
        auto texts = result.failures;
        if (texts.empty()) texts.emplace_back(result.verdict == Verdict::failed ? "failed" : "not run");
        for (const auto& text : texts) {
            const auto message = (result.verdict == Verdict::notRun ? "not run: " : "") + text.substr(0, text.find('\n'));
            xml += fmt::format("      <{0} message=\"{1}\">{2}</{0}>\n", element, escaped(message), escaped(text));
        }
    }
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

void writeJunitXml(const std::filesystem::path& file, const RunReport& report, std::chrono::duration<double> duration) {
    writeFileAtomically(file, junitXml(report, duration), 0644);
}

}  // namespace boxtest
