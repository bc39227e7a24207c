#include <fmt/format.h>

#include <map>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"

namespace boxtest::html {

bool hasSabotages(const nlohmann::json& report) { return !partOf(partOf(report, "sabotages"), "sabotages").empty(); }

void drawSabotages(HtmlWriter& page, const nlohmann::json& report) {
    const auto& matrix = partOf(report, "sabotages");
    page.element(
        "p",
        "Misconfigurations on purpose, each done to forks of its own. One is killed when every scenario that must notice "
        "it turned red and named the cause.");
    {
        const auto counts = page.open("dl", {{"class", "facts"}});
        for (const auto& [outcome, count] : partOf(matrix, "counts").items())
            if (count.is_number() && count.get<double>() > 0) fact(page, outcome, std::to_string(count.get<std::size_t>()));
    }
    std::map<std::string, std::vector<const nlohmann::json*>> byClaim;
    for (const auto& sabotage : partOf(matrix, "sabotages")) byClaim[textOf(sabotage, "claim")].push_back(&sabotage);
    for (const auto& [claim, sabotages] : byClaim) {
        const auto region = scrolling(page, "Sabotages of " + claim);
        const auto table = page.open("table", {{"class", "compact"}});
        page.element("caption", claim);
        headings(page, {"Outcome", "What is broken", "Scenario", "What it did"});
        const auto body = page.open("tbody");
        for (const auto* sabotage : sabotages) {
            const auto& scenarios = partOf(*sabotage, "scenarios");
            bool first = true;
            for (const auto& cell : scenarios) {
                const auto row = page.open("tr");
                if (first) {
                    const auto rows = std::to_string(scenarios.size());
                    {
                        const auto data = page.open("td", {{"rowspan", rows}});
                        badge(page, textOf(*sabotage, "outcome"));
                    }
                    const auto data = page.open("td", {{"rowspan", rows}});
                    page.element("strong", textOf(*sabotage, "id"));
                    page.element("small", textOf(*sabotage, "breaks"));
                }
                first = false;
                {
                    const auto data = page.open("td");
                    page.element("code", textOf(cell, "scenario"));
                }
                const auto outcome = textOf(cell, "outcome");
                page.element("td", {{"class", outcome == "killed" ? "refused" : "wrong"}},
                             outcome == "killed" ? "noticed" : outcome);
            }
        }
    }
    if (const auto& never = partOf(matrix, "never_red"); !never.empty()) {
        page.element("p", "No sabotage turns these red:");
        const auto list = page.open("ul");
        for (const auto& name : never)
            if (name.is_string()) page.element("li", name.get<std::string>());
    }
}

}  // namespace boxtest::html
