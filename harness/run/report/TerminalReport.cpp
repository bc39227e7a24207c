#include "report/TerminalReport.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "report/ClaimResult.hpp"
#include "report/RunAgain.hpp"

namespace boxtest {

namespace {

constexpr std::size_t sentenceColumns = 96;
/// Names per verdict and claim; the rest appears below the table.
constexpr std::size_t namesShown = 3;
/// Up to this number, all attachments are listed; beyond it, those of scenarios that did not fail are only counted, and their
/// folder is shown.
constexpr std::size_t attachmentsShown = 12;

std::string indented(const std::string& text, std::string_view indent) {
    std::string out;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find('\n', begin), text.size());
        out += fmt::format("{}{}\n", indent, text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

/// Breaks the text at spaces into lines of at most `columns` columns, as far as there are spaces.
std::string wrapped(const std::string& text, std::size_t columns) {
    std::string out = text;
    for (std::size_t begin = 0; out.size() - begin > columns;) {
        auto space = out.rfind(' ', begin + columns);
        if (space == std::string::npos || space <= begin) space = out.find(' ', begin + columns);
        if (space == std::string::npos) break;
        out[space] = '\n';
        begin = space + 1;
    }
    return out;
}

std::string painted(ClaimResult::Verdict verdict, const TextStyle& style) {
    const auto text = fmt::format("{:<9}", toString(verdict));
    switch (verdict) {
        case ClaimResult::Verdict::proven: return style.good(text);
        case ClaimResult::Verdict::broken: return style.bad(text);
        default: return style.doubtful(text);
    }
}

/// Prints the names of the scenarios with this verdict, without their suite, which is the claim's name.
void printNames(std::ostream& out, const ClaimResult& result, Verdict verdict, std::string_view what) {
    std::size_t count = 0;
    for (const auto* scenario : result.results)
        if (scenario->verdict == verdict && ++count <= namesShown)
            out << fmt::format("    {} {}\n", what, scenario->scenario.substr(scenario->scenario.find('.') + 1));
    if (count > namesShown) out << fmt::format("    {} and {} more\n", what, count - namesShown);
}

void printClaims(std::ostream& out, const RunReport& report, const TextStyle& style) {
    auto claims = claimResults(report);
    // A run of selected scenarios omits claims without selected scenarios.
    if (report.results().size() < report.catalogue().entries().size())
        std::erase_if(claims, [](const ClaimResult& claim) { return claim.results.empty() && claim.notLive.empty(); });
    std::size_t width = 5;
    for (const auto& claim : claims) width = std::max(width, claim.claim.id.size());
    out << style.strong(fmt::format("{:<{}}  verdict    scenarios", "claim", width)) << '\n';
    for (const auto& claim : claims) {
        out << fmt::format("{:<{}}  {}  {}\n", claim.claim.id, width, painted(claim.verdict(), style), describeCounts(claim));
        printNames(out, claim, Verdict::failed, style.bad("failed:"));
        printNames(out, claim, Verdict::knownGap, style.doubtful("known gap:"));
        printNames(out, claim, Verdict::notRun, style.doubtful("not run:"));
        for (const auto* scenario : claim.results)
            for (const auto& [key, value] : scenario->records) out << printable(fmt::format("    {}: {}\n", key, value));
    }
}

void printList(std::ostream& out, const std::string& title, const std::vector<std::string>& lines, std::string_view none) {
    out << title << ":\n";
    for (const auto& line : lines) out << indented(printable(line), "    ");
    if (lines.empty()) out << "    " << none << '\n';
    out << '\n';
}

void printFailed(std::ostream& out, const RunReport& report, const TextStyle& style, const RunFacts& facts) {
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::failed) continue;
        out << '\n' << style.bad("FAILED") << ' ' << style.strong(result.scenario) << " (" << result.claim << ")\n";
        for (const auto& failure : result.failures) out << indented(printable(failure), "    ");
        out << "    again: " << printable(runAgain(facts, result.scenario)) << '\n';
    }
}

void printKnownGaps(std::ostream& out, const RunReport& report, const TextStyle& style) {
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::knownGap) continue;
        out << '\n' << style.doubtful("KNOWN GAP") << ' ' << style.strong(result.scenario) << " (" << result.claim << ")\n";
        out << indented(wrapped(printable(result.gap), sentenceColumns), "    ");
    }
}

void printAttachments(std::ostream& out, const RunReport& report) {
    std::vector<std::filesystem::path> named, others;
    for (const auto& result : report.results()) {
        auto& files = result.verdict == Verdict::failed ? named : others;
        files.insert(files.end(), result.attachments.begin(), result.attachments.end());
    }
    // A whole run has dozens of attachments, which the page also shows: the files of failures must be easy to find.
    if (named.size() + others.size() <= attachmentsShown) {
        named.insert(named.end(), others.begin(), others.end());
        others.clear();
    }
    if (named.empty() && others.empty()) return;
    out << "\nattached:\n";
    for (const auto& file : named) out << "    " << file.string() << '\n';
    if (others.empty()) return;
    // FOLDER/SCENARIO/FILE
    out << fmt::format("    {} files of scenarios that did not fail, in {}\n", others.size(),
                       others.front().parent_path().parent_path().string());
}

void printNotRun(std::ostream& out, const RunReport& report, const TextStyle& style) {
    const auto counts = report.counts();
    if (counts.notRun == 0) return;
    out << '\n' << style.doubtful("NOT RUN") << fmt::format(": {} of {}\n", counts.notRun, counts.all());
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::notRun) continue;
        const auto why = result.failures.empty() ? std::string() : result.failures.front();
        out << "    " << result.scenario << (result.begun ? " (begun, not finished)" : "") << '\n';
        // The common reason of all scenarios that were not run is printed once, below.
        if (why != report.stopReason()) out << indented(printable(why), "        ");
    }
}

}  // namespace

std::string describeDuration(std::chrono::duration<double> duration) {
    const double seconds = duration.count();
    if (seconds < 99.95) return fmt::format("{:.1f} s", seconds);
    const auto whole = std::lround(seconds);
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

std::string describe(const ScenarioResult& result, const TextStyle& style) {
    auto duration = describeDuration(result.duration);
    if (result.preparation.count() > 0) duration += "; its machine " + describeDuration(result.preparation);
    switch (result.verdict) {
        case Verdict::passed: return fmt::format("{}      {} ({})", style.good("ok"), result.scenario, duration);
        case Verdict::knownGap: return fmt::format("{}     {} ({})", style.doubtful("gap"), result.scenario, duration);
        case Verdict::failed: return fmt::format("{}  {} ({})", style.bad("FAILED"), result.scenario, duration);
        case Verdict::notRun: break;
    }
    return fmt::format("{} {}", style.doubtful("not run"), result.scenario);
}

void printLive(std::ostream& out, const RunFacts::Live& live, const TextStyle& style) {
    printList(out, style.strong("The machine calls itself otherwise than the policy"), live.deviations,
              "nothing: names and paths are the policy's own");
    if (!live.since.empty())
        printList(out, style.strong(fmt::format("Since {}", printable(live.since))), live.changes, "no verdict has changed");
}

void printReport(std::ostream& out, const RunReport& report, std::chrono::duration<double> duration, const TextStyle& style,
                 const RunFacts& facts, const std::filesystem::path& page) {
    printClaims(out, report, style);
    printFailed(out, report, style, facts);
    printKnownGaps(out, report, style);
    printNotRun(out, report, style);
    printAttachments(out, report);
    if (const auto& why = report.stopReason())
        out << '\n' << style.bad("The run was stopped") << ":\n" << indented(printable(*why), "    ");
    const auto counts = report.counts();
    const auto gaps =
        counts.knownGap == 0 ? std::string() : fmt::format("{} known gap{}, ", counts.knownGap, counts.knownGap == 1 ? "" : "s");
    const auto summary = fmt::format("{} passed, {}{} failed, {} not run of {} scenarios in {}", counts.passed, gaps,
                                     counts.failed, counts.notRun, counts.all(), describeDuration(duration));
    out << '\n';
    if (!page.empty()) out << "report: " << page.string() << '\n';
    out << (report.exitCode() == ExitCode::good ? style.good(summary) : style.bad(summary)) << '\n';
}

}  // namespace boxtest
