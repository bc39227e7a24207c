#include "report/HtmlFailures.hpp"

#include <fmt/format.h>

#include "report/RunAgain.hpp"

namespace boxtest::html {

std::vector<ScenarioView> failuresOf(const nlohmann::json& report) {
    auto all = scenariosOf(report);
    std::erase_if(all, [](const ScenarioView& one) { return one.verdict() != "failed"; });
    return all;
}

namespace {

constexpr std::size_t linesOfStep = 8;
constexpr std::size_t linesOfFinding = 30;

/// The requests that the scenario sent before it failed.
void drawAsked(HtmlWriter& page, const ScenarioView& one) {
    const auto& asked = partOf(*one.scenario, "asked");
    if (asked.empty()) return;
    page.element("h4", "What led there");
    page.element("p",
                 fmt::format("The last {} that it asked its machine, the latest at the end.", countOf(asked.size(), "thing")));
    const auto region = scrolling(page, "What led to the failure of " + one.name());
    const auto table = page.open("table", {{"class", "compact asked"}});
    headings(page, {"After", "Who", "What was asked", "The answer"});
    const auto body = page.open("tbody");
    for (const auto& step : asked) {
        const auto row = page.open("tr");
        page.element("td", {{"class", "number"}}, fmt::format("{:.2f} s", numberOf(step, "seconds")));
        page.element("td", textOf(step, "who"));
        {
            const auto data = page.open("td");
            longText(page, textOf(step, "what"), linesOfStep);
        }
        const auto data = page.open("td");
        const auto answer = textOf(step, "answer");
        longText(page, answer.empty() ? "no answer" : answer, linesOfStep);
    }
}

void drawFailure(HtmlWriter& page, const nlohmann::json& report, const ScenarioView& one) {
    const auto article = page.open("article", {{"class", "failure"}, {"id", htmlId("failure", one.name())}});
    page.element("h3", one.name());
    {
        const auto about = page.open("p");
        badge(page, "broken");
        page.text(" ");
        page.fragmentLink(htmlId("claim", textOf(*one.claim, "claim")), textOf(*one.claim, "claim"));
        page.text(": " + textOf(*one.claim, "promise"));
    }
    page.element("h4", "Expected and found");
    for (const auto& failure : partOf(*one.scenario, "failures")) {
        if (!failure.is_string()) continue;
        const auto text = failure.get<std::string>();
        const auto line = text.find('\n');
        const auto block = page.open("div", {{"class", "finding"}});
        if (line == std::string::npos) {
            longText(page, text, linesOfFinding);
        } else {
            page.element("code", text.substr(0, line));
            longText(page, text.substr(line + 1), linesOfFinding);
        }
    }
    drawAsked(page, one);
    if (const auto journal = textOf(*one.scenario, "journal"); !journal.empty())
        foldedText(page, "The guest's journal, up to that moment", journal);
    if (const auto console = textOf(*one.scenario, "console"); !console.empty())
        foldedText(page, "Its serial console, up to that moment", console);
    page.element("h4", "To look at it");
    const auto commands = page.open("dl", {{"class", "facts commands"}});
    if (!textOf(*one.scenario, "kept").empty()) codeFact(page, "Its machine, as it was then", resumeAgain(report, *one.scenario));
    codeFact(page, "The scenario once more", runAgain(report, one.name()));
}

}  // namespace

void drawFailures(HtmlWriter& page, const nlohmann::json& report) {
    const auto failures = failuresOf(report);
    if (failures.empty()) return;
    const auto section = page.open("section", {{"id", "failures"}});
    page.element("h2", countOf(failures.size(), "failure"));
    for (const auto& failure : failures) drawFailure(page, report, failure);
}

}  // namespace boxtest::html
