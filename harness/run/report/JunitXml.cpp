#include "report/JunitXml.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string_view>
#include <vector>

#include "report/RunAgain.hpp"
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
    // U+FFFE and U+FFFF are valid UTF-8, but not allowed in XML 1.0 (section 2.2).
    for (const auto* forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
        for (auto at = out.find(forbidden); at != std::string::npos; at = out.find(forbidden)) out.replace(at, 3, "?");
    return out;
}

std::string propertyLine(std::string_view name, std::string_view value) {
    return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", escaped(name), escaped(value));
}

/// What a scenario recorded: as properties of its suite, because the schema's <testcase> has none.
std::string propertiesOf(const ScenarioResult& result) {
    std::string xml;
    if (result.verdict == Verdict::knownGap) xml += propertyLine(result.scenario + " known gap", result.gap);
    for (const auto& [key, value] : result.records) xml += propertyLine(result.scenario + " " + key, value);
    return xml;
}

/// What was tested; equal for all suites.
std::string propertiesOf(const RunFacts& facts) {
    std::string xml;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) xml += propertyLine(name, value);
    };
    add("boxtest", facts.boxtest);
    add("command", facts.command);
    add("guest", facts.tested.id);
    add("flavour", facts.tested.flavour);
    add("accelerator", facts.tested.accelerator);
    add("qemu", facts.tested.qemu);
    add("template", facts.tested.templateKey);
    for (const auto& [name, version] : facts.tested.versions) add("version " + name, version);
    return xml;
}

/// The command that brings a failed scenario's machine back, and attachments in the format that Jenkins and GitLab understand.
std::string outputOf(const ScenarioResult& result, const RunFacts& facts) {
    std::string text;
    if (result.verdict == Verdict::failed) {
        if (!result.kept.empty()) text += fmt::format("its machine, as it was then: {}\n", resumeAgain(facts, result));
        text += fmt::format("once more: {}\n", runAgain(facts, result.scenario));
    }
    if (result.verdict == Verdict::knownGap) text += "known gap: " + result.gap + "\n";
    if (result.preparation.count() > 0) text += fmt::format("its machine was made in {:.3f} s\n", result.preparation.count());
    for (const auto& [key, value] : result.records) text += fmt::format("{}: {}\n", key, value);
    for (const auto& file : result.attachments) text += fmt::format("[[ATTACHMENT|{}]]\n", file.string());
    return text.empty() ? text : "      <system-out>" + escaped(text) + "</system-out>\n";
}

/// One element for all failures of a scenario: with several in one <testcase>, readers count them twice, keep only the first, or
/// reject the file.
std::string failureOf(const ScenarioResult& result) {
    if (result.verdict != Verdict::failed && result.verdict != Verdict::notRun) return {};
    const bool failed = result.verdict == Verdict::failed;
    auto texts = failureTexts(result);
    if (texts.empty()) texts.emplace_back(failed ? "failed" : "not run");
    auto message = (failed ? "" : "not run: ") + texts.front().substr(0, texts.front().find('\n'));
    if (texts.size() > 1) message += fmt::format(" (and {} more)", texts.size() - 1);
    return fmt::format("      <{0} type=\"{3}\" message=\"{1}\">{2}</{0}>\n", failed ? "failure" : "error", escaped(message),
                       escaped(fmt::to_string(fmt::join(texts, "\n\n"))), failed ? "failed check" : "not run");
}

std::string caseOf(const ScenarioResult& result, const RunFacts& facts) {
    const auto dot = result.scenario.find('.');
    const auto suite = result.scenario.substr(0, dot);
    const auto name = dot == std::string::npos ? result.scenario : result.scenario.substr(dot + 1);
    auto xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\">\n", escaped(suite), escaped(name),
                           result.duration.count());
    return xml + failureOf(result) + outputOf(result, facts) + "    </testcase>\n";
}

std::string countsOf(const Counts& counts, std::chrono::duration<double> duration) {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", counts.all(), counts.failed, counts.notRun,
                       duration.count());
}

/// Time and host, as attributes of a suite.
std::string placeOf(const RunFacts& facts) {
    std::string xml;
    if (facts.begun != std::chrono::system_clock::time_point{})
        xml += fmt::format(" timestamp=\"{:%Y-%m-%dT%H:%M:%S}\"", fmt::gmtime(std::chrono::system_clock::to_time_t(facts.begun)));
    if (!facts.host.name.empty()) xml += fmt::format(" hostname=\"{}\"", escaped(facts.host.name));
    return xml;
}

}  // namespace

std::string junitXml(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts) {
    struct Suite {
        Counts counts;
        std::chrono::duration<double> duration{};
        std::string properties;
        std::string cases;
    };
    std::map<std::string, Suite> suites;
    for (const auto& result : report.results()) {
        auto& suite = suites[result.claim];
        suite.counts.add(result.verdict);
        suite.duration += result.duration;
        suite.properties += propertiesOf(result);
        suite.cases += caseOf(result, facts);
    }
    auto xml = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"boxtest\" {}>\n",
                           countsOf(report.counts(), duration));
    for (const auto& [claim, suite] : suites) {
        const auto properties = propertiesOf(facts) + suite.properties;
        xml += fmt::format("  <testsuite name=\"{}\" {} skipped=\"0\"{}>\n{}{}  </testsuite>\n", escaped(claim),
                           countsOf(suite.counts, suite.duration), placeOf(facts),
                           properties.empty() ? "" : "    <properties>\n" + properties + "    </properties>\n", suite.cases);
    }
    return xml + "</testsuites>\n";
}

}  // namespace boxtest
