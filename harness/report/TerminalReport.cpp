#include "report/TerminalReport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace boxtest {

namespace {

constexpr std::string_view begunNotFinished = "begun, not finished: ";

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

/// Counts per claim, the claims in the order in which the run meets them.
std::vector<std::pair<std::string, Counts>> countsByClaim(const RunReport& report) {
    std::vector<std::pair<std::string, Counts>> claims;
    for (const auto& result : report.results()) {
        auto found = std::find_if(claims.begin(), claims.end(), [&](const auto& claim) { return claim.first == result.claim; });
        if (found == claims.end()) found = claims.insert(claims.end(), {result.claim, Counts{}});
        found->second.add(result.verdict);
    }
    return claims;
}

void printClaims(std::ostream& out, const RunReport& report, const TextStyle& style) {
    const auto claims = countsByClaim(report);
    std::size_t width = 5;
    for (const auto& [claim, counts] : claims) width = std::max(width, claim.size());
    const auto number = [&](std::size_t count, int columns, auto&& paint) {
        const auto text = fmt::format("{:>{}}", count, columns);
        return count > 0 ? paint(text) : text;
    };
    out << style.strong(fmt::format("{:<{}}  passed  failed  not run", "claim", width)) << '\n';
    for (const auto& [claim, counts] : claims) {
        out << fmt::format("{:<{}}", claim, width) << "  "
            << number(counts.passed, 6, [](const std::string& text) { return text; }) << "  "
            << number(counts.failed, 6, [&](const std::string& text) { return style.bad(text); }) << "  "
            << number(counts.notRun, 7, [&](const std::string& text) { return style.doubtful(text); }) << '\n';
    }
}

void printFailed(std::ostream& out, const RunReport& report, const TextStyle& style) {
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::failed) continue;
        out << '\n' << style.bad("FAILED") << ' ' << style.strong(result.scenario) << " (" << result.claim << ")\n";
        for (const auto& failure : result.failures) out << indented(printable(failure), "    ");
        out << "    again: boxtest run '" << result.scenario << "'\n";
    }
}

void printKnownGaps(std::ostream& out, const RunReport& report, const TextStyle& style) {
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::knownGap) continue;
        out << '\n' << style.doubtful("KNOWN GAP") << ' ' << style.strong(result.scenario) << " (" << result.claim << ")\n";
        out << indented(printable(result.gap), "    ");
    }
}

void printAttachments(std::ostream& out, const RunReport& report) {
    std::string text;
    for (const auto& result : report.results())
        for (const auto& file : result.attachments) text += "    " + file.string() + "\n";
    if (!text.empty()) out << "\nattached:\n" << text;
}

void printNotRun(std::ostream& out, const RunReport& report, const TextStyle& style) {
    const auto counts = report.counts();
    if (counts.notRun == 0) return;
    out << '\n' << style.doubtful("NOT RUN") << fmt::format(": {} of {}\n", counts.notRun, counts.all());
    for (const auto& result : report.results()) {
        if (result.verdict != Verdict::notRun) continue;
        const auto why = result.failures.empty() ? std::string() : result.failures.front();
        const bool begun = why.starts_with(begunNotFinished);
        out << "    " << result.scenario << (begun ? " (begun, not finished)" : "") << '\n';
        // The reason of all that were not run is told once, below.
        const auto own = begun ? why.substr(begunNotFinished.size()) : why;
        if (own != report.stopReason()) out << indented(printable(own), "        ");
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

void printReport(std::ostream& out, const RunReport& report, std::chrono::duration<double> duration, const TextStyle& style) {
    printClaims(out, report, style);
    printFailed(out, report, style);
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
    out << '\n' << (report.exitCode() == ExitCode::good ? style.good(summary) : style.bad(summary)) << '\n';
}

}  // namespace boxtest
