#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest::html {

namespace {

constexpr double laneHeight = 24;
constexpr double laneGap = 4;
constexpr double axisHeight = 26;
/// Up to nine minutes fit on a desktop screen; the chart of a longer run scrolls.
constexpr double widthOfSecond = 2;
constexpr double leastWidth = 1100;
constexpr double mostWidth = 8000;

struct TimedRow {
    std::string scenario;
    const nlohmann::json* spans;
    double from = 0;
    double to = 0;
};

std::vector<TimedRow> timedRows(const nlohmann::json& report) {
    std::vector<TimedRow> rows;
    for (const auto& one : partOf(report, "time_line")) {
        const auto& spans = partOf(one, "spans");
        if (spans.empty()) continue;
        rows.push_back({.scenario = textOf(one, "scenario"),
                        .spans = &spans,
                        .from = numberOf(spans.front(), "from"),
                        .to = numberOf(spans.back(), "to")});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const TimedRow& one, const TimedRow& other) { return one.from < other.from; });
    return rows;
}

/// Rows in a minimum of lanes: as many as there were parallel workers.
std::vector<std::vector<const TimedRow*>> lanesOf(const std::vector<TimedRow>& rows) {
    std::vector<std::vector<const TimedRow*>> lanes;
    for (const auto& row : rows) {
        const auto free = std::find_if(lanes.begin(), lanes.end(), [&](const auto& lane) { return lane.back()->to <= row.from; });
        if (free == lanes.end()) {
            lanes.push_back({&row});
        } else {
            free->push_back(&row);
        }
    }
    return lanes;
}

const std::vector<std::pair<std::string, std::string>>& phaseTexts() {
    static const std::vector<std::pair<std::string, std::string>> texts{
        {"template", "finding or building the template"},
        {"boot", "booting a machine for all"},
        {"fork", "forking a machine"},
        {"waiting", "a machine that waits for its turn"},
        {"connecting", "opening sessions ahead"},
        {"running", "running the scenario"},
        {"ending", "ending the machine, packing what is kept"},
    };
    return texts;
}

std::string classOfPhase(const std::string& phase) {
    for (const auto& [name, text] : phaseTexts())
        if (name == phase) return "phase " + name;
    return "phase other";
}

/// Distance of the axis labels: 1, 2 or 5 times a power of ten, for about eight labels.
double stepOf(double seconds) {
    const auto power = std::pow(10.0, std::floor(std::log10(std::max(seconds, 0.1) / 8)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (seconds / (power * factor) <= 10) return power * factor;
    return power * 10;
}

void drawChart(HtmlWriter& page, const std::vector<TimedRow>& rows, double end) {
    const auto lanes = lanesOf(rows);
    const double chartWidth = std::clamp(end * widthOfSecond, leastWidth, mostWidth);
    const auto height = axisHeight + static_cast<double>(lanes.size()) * (laneHeight + laneGap);
    const auto x = [&](double seconds) { return seconds / end * chartWidth; };
    const auto region = scrolling(page, "Time line");
    // The row without a name is the run's own: what it waits for before its scenarios.
    const auto scenarios = std::count_if(rows.begin(), rows.end(), [](const TimedRow& row) { return !row.scenario.empty(); });
    const auto chart = page.open(
        "svg", {{"class", "time-line"},
                {"viewBox", fmt::format("0 0 {:.0f} {:.0f}", chartWidth, height)},
                {"width", fmt::format("{:.0f}", chartWidth)},
                {"height", fmt::format("{:.0f}", height)},
                {"role", "img"},
                {"aria-label", fmt::format("Time line of {} in {} lanes over {}; the tables below have the same in figures",
                                           countOf(static_cast<std::size_t>(scenarios), "scenario"), lanes.size(),
                                           describeDuration(std::chrono::duration<double>(end)))}});
    const auto step = stepOf(end * leastWidth / chartWidth);
    for (double tick = 0; tick <= end; tick += step) {
        page.element("line",
                     {{"class", "tick"},
                      {"x1", fmt::format("{:.1f}", x(tick))},
                      {"x2", fmt::format("{:.1f}", x(tick))},
                      {"y1", "18"},
                      {"y2", fmt::format("{:.0f}", height)}},
                     "");
        if (x(tick) < chartWidth - 30)
            page.element("text", {{"x", fmt::format("{:.1f}", x(tick) + 3)}, {"y", "13"}}, fmt::format("{:g} s", tick));
    }
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        const auto y = axisHeight + static_cast<double>(lane) * (laneHeight + laneGap);
        for (const auto* row : lanes[lane]) {
            for (const auto& span : *row->spans) {
                const auto from = numberOf(span, "from"), to = numberOf(span, "to");
                const auto phase = textOf(span, "phase");
                // Waiting is drawn thin: it costs memory but no time.
                const double thickness = phase == "waiting" ? laneHeight / 4 : laneHeight;
                const auto bar = page.open("rect", {{"class", classOfPhase(phase)},
                                                    {"x", fmt::format("{:.2f}", x(from))},
                                                    {"y", fmt::format("{:.1f}", y + (laneHeight - thickness) / 2)},
                                                    {"width", fmt::format("{:.2f}", std::max(x(to) - x(from), 0.4))},
                                                    {"height", fmt::format("{:.1f}", thickness)}});
                page.element("title",
                             fmt::format("{}: {} for {}, from {:.1f} s on", row->scenario.empty() ? "the run" : row->scenario,
                                         phase, describeDuration(std::chrono::duration<double>(to - from)), from));
            }
        }
    }
}

void drawPhaseSums(HtmlWriter& page, const std::vector<TimedRow>& rows) {
    std::map<std::string, double> sums;
    std::map<std::string, std::set<std::string>> machines;
    for (const auto& row : rows) {
        for (const auto& span : *row.spans) {
            sums[textOf(span, "phase")] += numberOf(span, "to") - numberOf(span, "from");
            if (!row.scenario.empty()) machines[textOf(span, "phase")].insert(row.scenario);
        }
    }
    const auto region = scrolling(page, "Time by phase");
    const auto table = page.open("table", {{"class", "compact"}});
    page.element("caption", "Time by phase, of all scenarios together");
    headings(page, {"Phase", "Time", "Mean a scenario"});
    const auto body = page.open("tbody");
    for (const auto& [phase, text] : phaseTexts()) {
        const auto found = sums.find(phase);
        if (found == sums.end()) continue;
        const auto row = page.open("tr");
        {
            const auto head = page.open("th", {{"scope", "row"}});
            {
                const auto key = page.open("svg", {{"class", "key"}, {"viewBox", "0 0 10 10"}, {"aria-hidden", "true"}});
                page.element("rect", {{"class", classOfPhase(phase)}, {"width", "10"}, {"height", "10"}}, "");
            }
            page.text(text);
        }
        page.element("td", {{"class", "number"}}, describeDuration(std::chrono::duration<double>(found->second)));
        page.element(
            "td", {{"class", "number"}},
            machines[phase].empty() ? "" : fmt::format("{:.2f} s", found->second / static_cast<double>(machines[phase].size())));
    }
}

void drawLongest(HtmlWriter& page, const nlohmann::json& report) {
    auto scenarios = scenariosOf(report);
    std::erase_if(scenarios, [](const ScenarioView& one) { return numberOf(*one.scenario, "seconds") <= 0; });
    std::stable_sort(scenarios.begin(), scenarios.end(), [](const ScenarioView& one, const ScenarioView& other) {
        return numberOf(*one.scenario, "seconds") > numberOf(*other.scenario, "seconds");
    });
    constexpr std::size_t shown = 10;
    if (scenarios.size() > shown) scenarios.resize(shown);
    if (scenarios.empty()) return;
    const auto region = scrolling(page, "The longest scenarios");
    const auto table = page.open("table", {{"class", "compact"}});
    page.element("caption", "The longest scenarios");
    headings(page, {"Scenario", "Its own time", "Its machine's"});
    const auto body = page.open("tbody");
    for (const auto& one : scenarios) {
        const auto row = page.open("tr");
        {
            const auto head = page.open("th", {{"scope", "row"}});
            page.fragmentLink(one.id(), one.name());
        }
        for (const auto* key : {"seconds", "machine_seconds"})
            page.element("td", {{"class", "number"}},
                         describeDuration(std::chrono::duration<double>(numberOf(*one.scenario, key))));
    }
}

}  // namespace

bool hasTimeLine(const nlohmann::json& report) { return !timedRows(report).empty(); }

void drawTimeLine(HtmlWriter& page, const nlohmann::json& report) {
    const auto rows = timedRows(report);
    double end = numberOf(report, "seconds");
    for (const auto& row : rows) end = std::max(end, row.to);
    page.element("p", "A lane is a place for one machine at a time; thin is a machine that waits and costs memory only.");
    drawChart(page, rows, std::max(end, 0.1));
    drawPhaseSums(page, rows);
    drawLongest(page, report);
}

}  // namespace boxtest::html
