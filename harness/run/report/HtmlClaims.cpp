#include "report/HtmlClaims.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"
#include "report/RunAgain.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest::html {

namespace {

/// The id of the picture that shows a file; empty if there is none.
std::string pictureOfFile(const std::string& name) {
    if (name == "peers.json") return "peers";
    if (name == "doors.txt") return "doors";
    if (name.starts_with("sandbox-") && name.ends_with(".json")) return "sandboxes";
    if (name.starts_with("privileges-") && name.ends_with(".diff")) return "privileges";
    if (name.ends_with(".png")) return "screenshots";
    return {};
}

void drawEvidence(HtmlWriter& page, const nlohmann::json& evidence) {
    const auto name = textOf(evidence, "name");
    const auto item = page.open("li");
    if (const auto picture = pictureOfFile(name); !picture.empty()) {
        page.text(name + ": ");
        const auto& all = pictures();
        const auto shown = std::find_if(all.begin(), all.end(), [&](const Picture& one) { return one.id == picture; });
        page.fragmentLink(picture, shown->title);
    } else if (const auto why = textOf(evidence, "left_out"); !why.empty()) {
        page.text(fmt::format("{}: not in the report, {}", name, why));
    } else {
        const auto text = textOf(evidence, "text");
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        foldedText(page, fmt::format("{}, {}", name, countOf(lines, "line")), text);
    }
}

/// "12 statements, 3 commands"
std::string countsAsked(const nlohmann::json& counts) {
    std::vector<std::string> parts;
    for (const auto& [kind, count] : counts.items())
        if (count.is_number()) parts.push_back(countOf(count.get<std::size_t>(), kind));
    return joined(parts, ", ");
}

void drawScenario(HtmlWriter& page, const ScenarioView& one) {
    const auto verdict = one.verdict();
    const auto item = page.open("li", {{"id", one.id()}, {"class", classOf(verdict)}});
    {
        const auto line = page.open("div", {{"class", "line"}});
        badge(page, verdict);
        const auto name = one.name();
        const auto dot = name.find('.');
        page.element("span", {{"class", "sentence"}}, sentenceOf(dot == std::string::npos ? name : name.substr(dot + 1)));
        if (const auto seconds = numberOf(*one.scenario, "seconds"); seconds > 0)
            page.element("span", {{"class", "time"}}, describeDuration(std::chrono::duration<double>(seconds)));
    }
    {
        const auto small = page.open("p", {{"class", "small"}});
        page.element("code", one.name());
        if (const auto asked = countsAsked(partOf(*one.scenario, "asked_counts")); !asked.empty())
            page.text(" · asked its machine: " + asked);
    }
    if (const auto gap = textOf(*one.scenario, "gap"); !gap.empty()) page.element("p", gap);
    if (verdict == "failed") {
        const auto more = page.open("p");
        page.fragmentLink(htmlId("failure", one.name()), "What was expected and found");
    } else {
        for (const auto& why : partOf(*one.scenario, "failures"))
            if (why.is_string()) page.element("pre", why.get<std::string>());
    }
    if (const auto& records = partOf(*one.scenario, "records"); !records.empty()) {
        const auto list = page.open("dl", {{"class", "facts records"}});
        for (const auto& [key, value] : records.items())
            if (value.is_string()) fact(page, key, value.get<std::string>());
    }
    if (const auto& evidence = partOf(*one.scenario, "evidence"); !evidence.empty()) {
        const auto list = page.open("ul", {{"class", "evidence"}});
        for (const auto& file : evidence) drawEvidence(page, file);
    }
}

std::string countsOfClaim(const nlohmann::json& claim) {
    const auto& counts = partOf(claim, "counts");
    std::vector<std::string> parts;
    for (const auto& [key, text] :
         {std::pair{"passed", "passed"}, {"known_gap", "known gap"}, {"failed", "failed"}, {"not_run", "not run"}})
        if (const auto count = numberOf(counts, key); count > 0) parts.push_back(fmt::format("{:.0f} {}", count, text));
    const auto notLive = partOf(claim, "not_live").size();
    if (notLive > 0) parts.push_back(fmt::format("{} not provable live", notLive));
    if (const auto left = partOf(claim, "left_out").size() - notLive; left > 0) parts.push_back(fmt::format("{} left out", left));
    return joined(parts, ", ");
}

void drawClaim(HtmlWriter& page, const nlohmann::json& report, const nlohmann::json& claim) {
    const auto verdict = textOf(claim, "verdict");
    const auto id = textOf(claim, "claim");
    const auto kind = "claim " + classOf(verdict);
    const auto details = verdict == "broken" ? page.open("details", {{"class", kind}, {"id", htmlId("claim", id)}, {"open"}})
                                             : page.open("details", {{"class", kind}, {"id", htmlId("claim", id)}});
    {
        const auto summary = page.open("summary");
        badge(page, verdict);
        page.element("span", {{"class", "promise"}}, textOf(claim, "promise"));
        page.element("span", {{"class", "counts"}}, countsOfClaim(claim));
    }
    {
        const auto small = page.open("p", {{"class", "small"}});
        page.element("code", id);
        page.text(" · again: ");
        const auto run = textOf(claim, "run");
        page.element("code", run.empty() ? runAgain(report, id) : run);
    }
    if (const auto& scenarios = partOf(claim, "scenarios"); !scenarios.empty()) {
        const auto list = page.open("ul", {{"class", "scenarios"}});
        for (const auto& scenario : scenarios) drawScenario(page, {.claim = &claim, .scenario = &scenario});
    }
    if (const auto& left = partOf(claim, "left_out"); !left.empty()) {
        const auto& notLive = partOf(claim, "not_live");
        std::string names, reasons;
        for (const auto& name : left) {
            if (!name.is_string()) continue;
            const auto text = name.get<std::string>();
            const auto why = textOf(notLive, text.c_str());
            (why.empty() ? names : reasons) += why.empty() ? text + "\n" : fmt::format("{}: {}\n", text, why);
        }
        if (!reasons.empty())
            foldedText(page, countOf(notLive.size(), "scenario") + " not provable on a machine in use", reasons);
        if (!names.empty())
            foldedText(page, countOf(left.size() - notLive.size(), "scenario") + " left out: nobody asked for them", names);
    }
}

}  // namespace

void drawClaims(HtmlWriter& page, const nlohmann::json& report) {
    const auto section = page.open("section", {{"id", "promises"}});
    page.element("h2", "Promises");
    page.element("p",
                 "What the documentation promises, in its own order. Proven: all scenarios behind the promise passed. Known gap: "
                 "so, and one shows where more is promised than can be given. In part: so, as far as a machine in use can be "
                 "asked; not live: it cannot. Not run: nothing is known.");
    std::vector<std::string> sections;
    for (const auto& claim : partOf(report, "claims")) {
        const auto name = textOf(claim, "section");
        if (std::find(sections.begin(), sections.end(), name) == sections.end()) sections.push_back(name);
    }
    for (const auto& name : sections) {
        page.element("h3", name.empty() ? "Claims" : name);
        for (const auto& claim : partOf(report, "claims"))
            if (textOf(claim, "section") == name) drawClaim(page, report, claim);
    }
}

}  // namespace boxtest::html
