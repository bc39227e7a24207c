#include "sabotage/KillMatrixText.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "report/TerminalReport.hpp"

namespace boxtest {

namespace {

using Outcome = KillMatrix::Outcome;

constexpr std::array outcomes{Outcome::killed,     Outcome::survived,     Outcome::wrongReason,
                              Outcome::didNotTake, Outcome::harnessError, Outcome::notRun};

std::string painted(Outcome outcome, const TextStyle& style) {
    const auto text = fmt::format("{:<13}", KillMatrix::name(outcome));
    if (outcome == Outcome::killed) return style.good(text);
    return outcome == Outcome::notRun ? style.doubtful(text) : style.bad(text);
}

std::string indented(const std::string& text) {
    std::string out;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find('\n', begin), text.size());
        out += fmt::format("        {}\n", text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

bool wentRed(const KillMatrix::Cell& cell) { return cell.result.verdict == Verdict::failed; }

/// The scenarios that noticed: no prefix for those that had to, a plus sign for others; an exclamation mark for those that had to
/// notice but did not.
std::string noticedBy(const KillMatrix::Row& row) {
    std::vector<std::string> names;
    for (const auto& cell : row.cells) {
        if (cell.outcome == Outcome::killed)
            names.push_back((cell.must || row.sabotage.notice.empty() ? "" : "+") + cell.scenario);
        else if (cell.must)
            names.push_back("!" + cell.scenario);
        else if (wentRed(cell))
            names.push_back("+" + cell.scenario);
    }
    return fmt::format("{}", fmt::join(names, " "));
}

void printRows(std::ostream& out, const KillMatrix& matrix, const TextStyle& style) {
    std::string claim;
    for (const auto& row : matrix.rows()) {
        if (row.sabotage.claim != claim) {
            claim = row.sabotage.claim;
            out << style.strong(claim) << '\n';
        }
        out << fmt::format("  {} {:<40} {:<10} {}\n", painted(row.outcome, style), row.sabotage.id, row.sabotage.kind,
                           noticedBy(row));
    }
}

void printTrouble(std::ostream& out, const KillMatrix& matrix, const TextStyle& style) {
    for (const auto& row : matrix.rows()) {
        if (row.outcome == Outcome::killed || row.outcome == Outcome::notRun) continue;
        out << '\n' << painted(row.outcome, style) << ' ' << style.strong(row.sabotage.id) << ": " << row.sabotage.breaks << '\n';
        if (row.cells.empty()) out << "    the claim " << row.sabotage.claim << " has no scenario\n";
        std::set<std::string> told;
        for (const auto& cell : row.cells) {
            if (cell.outcome == Outcome::killed || (!cell.must && !row.sabotage.notice.empty())) continue;
            out << "    " << cell.scenario << ": ";
            if (cell.outcome == Outcome::survived)
                out << "stayed green\n";
            else if (cell.outcome == Outcome::wrongReason)
                out << "says nothing that fits '" << row.sabotage.says << "'\n";
            else
                out << KillMatrix::name(cell.outcome) << '\n';
            for (const auto& text : cell.result.failures)
                if (told.insert(text).second) out << indented(printable(text));
        }
    }
}

void printClean(std::ostream& out, const KillMatrix& matrix, const TextStyle& style) {
    for (const auto& result : matrix.clean()) {
        if (isGreen(result)) continue;
        const auto* what = result.verdict == Verdict::failed ? "red" : "not run";
        out << '\n' << style.bad(fmt::format("{} without any sabotage: {}", what, result.scenario)) << '\n';
        for (const auto& text : result.failures) out << indented(printable(text));
    }
}

nlohmann::json jsonOf(const ScenarioResult& result) {
    constexpr auto name = [](Verdict verdict) {
        switch (verdict) {
            case Verdict::passed: return "passed";
            case Verdict::failed: return "failed";
            case Verdict::knownGap: return "known gap";
            case Verdict::notRun: break;
        }
        return "not run";
    };
    return {{"scenario", result.scenario},
            {"result", name(result.verdict)},
            {"seconds", result.duration.count()},
            {"machine_seconds", result.preparation.count()},
            {"failures", result.failures}};
}

const char* resultOf(ExitCode code) {
    switch (code) {
        case ExitCode::good: return "good";
        case ExitCode::scenarioFailed: return "survivors";
        case ExitCode::interrupted: return "interrupted";
        default: return "harness error";
    }
}

}  // namespace

void printKillMatrix(std::ostream& out, const KillMatrix& matrix, std::chrono::duration<double> duration, const TextStyle& style,
                     MatrixRows rows) {
    if (rows == MatrixRows::all) printRows(out, matrix, style);
    printTrouble(out, matrix, style);
    printClean(out, matrix, style);
    if (!matrix.neverRed().empty())
        out << '\n'
            << style.doubtful(fmt::format("No sabotage turns these red ({}):", matrix.neverRed().size()))
            << fmt::format("\n    {}\n", fmt::join(matrix.neverRed(), "\n    "));
    if (matrix.stopReason())
        out << '\n' << style.bad("The run was stopped") << ":\n" << indented(printable(*matrix.stopReason()));
    std::vector<std::string> counts;
    for (const auto outcome : outcomes)
        if (const auto count = matrix.count(outcome); count > 0 || outcome == Outcome::killed || outcome == Outcome::survived)
            counts.push_back(fmt::format("{} {}", count, KillMatrix::name(outcome)));
    const auto red =
        std::count_if(matrix.clean().begin(), matrix.clean().end(), [](const auto& result) { return !isGreen(result); });
    const auto summary = fmt::format(
        "{} of {} sabotages; clean machine: {} of {} scenarios green; in {}", fmt::join(counts, ", "), matrix.rows().size(),
        matrix.clean().size() - static_cast<std::size_t>(red), matrix.clean().size(), describeDuration(duration));
    out << '\n' << (matrix.exitCode() == ExitCode::good ? style.good(summary) : style.bad(summary)) << '\n';
}

nlohmann::json killMatrixJson(const KillMatrix& matrix, std::chrono::duration<double> duration) {
    nlohmann::json document{{"result", resultOf(matrix.exitCode())},
                            {"seconds", duration.count()},
                            {"never_red", matrix.neverRed()},
                            {"clean", nlohmann::json::array()},
                            {"sabotages", nlohmann::json::array()}};
    for (const auto outcome : outcomes) document["counts"][KillMatrix::name(outcome)] = matrix.count(outcome);
    for (const auto& result : matrix.clean()) document["clean"].push_back(jsonOf(result));
    for (const auto& row : matrix.rows()) {
        auto cells = nlohmann::json::array();
        for (const auto& cell : row.cells) {
            auto value = jsonOf(cell.result);
            value["must"] = cell.must;
            value["outcome"] = KillMatrix::name(cell.outcome);
            cells.push_back(std::move(value));
        }
        document["sabotages"].push_back({{"id", row.sabotage.id},
                                         {"claim", row.sabotage.claim},
                                         {"kind", row.sabotage.kind},
                                         {"breaks", row.sabotage.breaks},
                                         {"outcome", KillMatrix::name(row.outcome)},
                                         {"scenarios", std::move(cells)}});
    }
    if (matrix.stopReason()) document["stopped"] = *matrix.stopReason();
    return document;
}

}  // namespace boxtest
