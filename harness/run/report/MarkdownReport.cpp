#include "report/MarkdownReport.hpp"

#include <fmt/format.h>

#include <cctype>
#include <string_view>

#include "report/ClaimResult.hpp"
#include "report/RunAgain.hpp"
#include "report/TerminalReport.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

constexpr std::size_t longestLine = 300;

/// Writes every character that could be Markdown or HTML syntax as a character reference; newlines become spaces.
std::string plainMarkdown(std::string_view text) {
    std::string out;
    for (const char c : printable(text.substr(0, longestLine))) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n' || c == '\t')
            out += ' ';
        else if (byte >= 0x80 || std::isalnum(byte) != 0 || c == ' ' || c == '.' || c == ',' || c == '/')
            out += c;
        else
            out += fmt::format("&#{};", byte);
    }
    return out;
}

const char* markOf(ClaimResult::Verdict verdict) {
    switch (verdict) {
        case ClaimResult::Verdict::proven: return "✅";
        case ClaimResult::Verdict::broken: return "❌";
        default: return "⚠️";
    }
}

/// "scenarios/X.cpp:12\nExpected ..." -> "Expected ...": the most useful line for readers.
std::string firstWords(const ScenarioResult& result) {
    const auto texts = failureTexts(result);
    if (texts.empty()) return "";
    const auto& text = texts.front();
    const auto end = text.find('\n');
    const bool beginsWithPlace = end != std::string::npos && text.substr(0, end).find(".cpp:") != std::string::npos;
    return beginsWithPlace ? text.substr(end + 1) : text;
}

}  // namespace

std::string markdownReport(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts) {
    const auto counts = report.counts();
    auto out = fmt::format("### {} boxtest: {} passed, {} known gap{}, {} failed, {} not run, in {}\n\n",
                           report.exitCode() == ExitCode::good ? "✅" : "❌", counts.passed, counts.knownGap,
                           counts.knownGap == 1 ? "" : "s", counts.failed, counts.notRun, describeDuration(duration));
    if (const auto& why = report.stopReason()) out += "The run was stopped: " + plainMarkdown(*why) + "\n\n";
    out += "| claim | verdict | scenarios | promise |\n| --- | --- | --- | --- |\n";
    for (const auto& claim : claimResults(report))
        out += fmt::format("| {} | {} {} | {} | {} |\n", plainMarkdown(claim.claim.id), markOf(claim.verdict()),
                           toString(claim.verdict()), plainMarkdown(describeCounts(claim)), plainMarkdown(claim.claim.promise));
    std::string failures;
    for (const auto& result : report.results())
        if (result.verdict == Verdict::failed)
            failures += fmt::format("- **{}**: {}  \n  <code>{}</code>\n", plainMarkdown(result.scenario),
                                    plainMarkdown(firstWords(result)), plainMarkdown(runAgain(facts, result.scenario)));
    if (!failures.empty()) out += "\n#### Failures\n\n" + failures;
    return out;
}

}  // namespace boxtest
