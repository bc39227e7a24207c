#include "report/HtmlReport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/Error.hpp"
#include "report/HtmlClaims.hpp"
#include "report/HtmlFailures.hpp"
#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"
#include "report/HtmlStyle.hpp"
#include "report/ReportReader.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest {

namespace {

using namespace html;

struct PageVerdict {
    std::string kind;  ///< As classOf().
    std::string word;
    std::string sentence;
};

std::map<std::string, std::size_t> claimCounts(const nlohmann::json& report) {
    std::map<std::string, std::size_t> counts;
    for (const auto& claim : partOf(report, "claims")) ++counts[textOf(claim, "verdict")];
    return counts;
}

/// For a run that ended normally without broken claims. For forks and for a machine in use, where some promises can be checked in
/// part only ("in part") or not at all ("not live").
PageVerdict ofCompleteRun(const nlohmann::json& report, std::map<std::string, std::size_t>& counts) {
    const auto kept = counts["proven"] + counts["known gap"];
    const auto inPart = counts["in part"];
    const auto all = kept + inPart + counts["not live"] + counts["not run"];
    if (kept + inPart == 0) return {"open", "Nothing proven", "No promise was tried in full."};
    const std::string machine = report.contains("live") ? "The machine in use" : "The machine";
    if (kept == all) return {"good", "Kept", fmt::format("{} keeps all {}.", machine, countOf(kept, "promise"))};
    auto sentence = fmt::format("{} keeps {} of {}", machine, kept == 0 ? "none" : std::to_string(kept), countOf(all, "promise"));
    if (kept == 0) sentence += " in full";
    if (inPart > 0) sentence += fmt::format(", and of {}{} all that can be seen on it", inPart, kept == 0 ? "" : " more");
    if (counts["not live"] > 0) sentence += fmt::format("; {} cannot be seen on it", counts["not live"]);
    if (counts["not run"] > 0)
        sentence += fmt::format("; {} {} not tried in full", counts["not run"], counts["not run"] == 1 ? "was" : "were");
    return {"open", "Kept, as far as tried", sentence + "."};
}

PageVerdict verdictOf(const nlohmann::json& report) {
    auto counts = claimCounts(report);
    const auto status = static_cast<int>(numberOf(report, "exit_status"));
    if (status == 130) return {"open", "Interrupted", "The run was interrupted before all was known."};
    if (counts["broken"] > 0)
        return {"bad", "Broken", fmt::format("The machine breaks {}.", countOf(counts["broken"], "promise"))};
    if (status != 0) return {"open", "Not complete", "Nothing is broken as far as it was seen; not all was run."};
    return ofCompleteRun(report, counts);
}

/// Verdicts of machines in use appear only if there are any.
std::vector<const char*> verdictsShown(std::map<std::string, std::size_t>& counts) {
    std::vector<const char*> shown{"proven", "known gap", "broken"};
    for (const auto* verdict : {"in part", "not live"})
        if (counts[verdict] > 0) shown.push_back(verdict);
    shown.push_back("not run");
    return shown;
}

/// Draws how many promises have which verdict, as a bar and as text.
void drawCounts(HtmlWriter& page, const nlohmann::json& report) {
    auto counts = claimCounts(report);
    const auto all = static_cast<double>(partOf(report, "claims").size());
    const auto figures = page.open("div", {{"class", "counts"}});
    if (all > 0) {
        const auto bar = page.open("svg", {{"viewBox", "0 0 100 4"}, {"preserveAspectRatio", "none"}, {"aria-hidden", "true"}});
        double x = 0;
        for (const auto* verdict : verdictsShown(counts)) {
            const auto width = static_cast<double>(counts[verdict]) / all * 100;
            page.element("rect",
                         {{"class", "fill " + classOf(verdict)},
                          {"x", fmt::format("{:.2f}", x)},
                          {"width", fmt::format("{:.2f}", width)},
                          {"height", "4"}},
                         "");
            x += width;
        }
    }
    const auto list = page.open("ul");
    for (const auto* verdict : verdictsShown(counts)) {
        const auto item = page.open("li");
        page.element("strong", {{"class", classOf(verdict)}}, std::to_string(counts[verdict]));
        page.text(std::string(" ") + verdict);
    }
}

void drawHead(HtmlWriter& page, const nlohmann::json& report, const PageVerdict& verdict) {
    const auto head = page.open("header", {{"class", "verdict " + verdict.kind}});
    const auto inner = page.open("div", {{"class", "inner"}});
    page.element("p", {{"class", "over"}}, "Odoo Box · report of boxtest");
    page.element("h1", verdict.word);
    page.element("p", {{"class", "sentence"}}, verdict.sentence);
    drawCounts(page, report);
    const auto& counts = partOf(report, "counts");
    const auto gaps = static_cast<std::size_t>(numberOf(counts, "known_gap"));
    page.element(
        "p", {{"class", "under"}},
        fmt::format("Scenarios: {:.0f} passed, {}{:.0f} failed, {:.0f} not run, in {}.", numberOf(counts, "passed"),
                    gaps == 0 ? "" : countOf(gaps, "known gap") + ", ", numberOf(counts, "failed"), numberOf(counts, "not_run"),
                    describeDuration(std::chrono::duration<double>(numberOf(report, "seconds")))));
    if (const auto why = textOf(report, "stopped"); !why.empty()) {
        page.element("h2", "The run was stopped");
        page.element("pre", why);
    }
}

/// Draws the runs that were merged into this report.
void drawShards(HtmlWriter& page, const nlohmann::json& shards) {
    if (shards.empty()) return;
    page.element("h3", "Joined from");
    const auto around = scrolling(page, "The runs that this report is joined from");
    const auto table = page.open("table");
    headings(page, {"Report", "Shard", "Where", "How long", "Exit status"});
    const auto body = page.open("tbody");
    for (const auto& shard : shards) {
        const auto row = page.open("tr");
        page.element("td", textOf(shard, "name"));
        page.element("td", textOf(shard, "shard"));
        page.element("td", textOf(partOf(shard, "host"), "name"));
        page.element("td", describeDuration(std::chrono::duration<double>(numberOf(shard, "seconds"))));
        page.element("td", fmt::format("{:.0f}", numberOf(shard, "exit_status")));
    }
}

void drawTested(HtmlWriter& page, const nlohmann::json& report) {
    const auto& tested = partOf(report, "tested");
    const auto& run = partOf(report, "run");
    if (tested.empty() && run.empty()) return;
    const auto section = page.open("section", {{"id", "tested"}});
    page.element("h2", "What was tested");
    {
        const auto facts = page.open("dl", {{"class", "facts"}});
        const auto flavour = textOf(tested, "flavour"), architecture = textOf(tested, "architecture");
        fact(page, "Guest", flavour.empty() || architecture.empty() ? flavour : flavour + ", " + architecture);
        codeFact(page, "Hash of the guest", textOf(tested, "id"));
        fact(page, "Machines", textOf(tested, "machines"));
        codeFact(page, "Template", textOf(tested, "template"));
        const auto qemu = textOf(tested, "qemu"), accelerator = textOf(tested, "accelerator");
        fact(page, "Emulator", qemu.empty() ? accelerator : fmt::format("QEMU {}, {}", qemu, accelerator));
        auto when = textOf(run, "begun");
        if (const auto t = when.find('T'); t != std::string::npos) when[t] = ' ';
        if (when.ends_with('Z')) when.replace(when.size() - 1, 1, " UTC");
        fact(page, "When", when);
        fact(page, "How long", describeDuration(std::chrono::duration<double>(numberOf(report, "seconds"))));
        const auto& host = partOf(run, "host");
        fact(page, "Where", textOf(host, "name"));
        fact(page, "Host",
             textOf(host, "system").empty() ? textOf(host, "kernel") : textOf(host, "system") + ", " + textOf(host, "kernel"));
        if (numberOf(host, "cores") > 0)
            fact(page, "Processor",
                 fmt::format("{}{}, {} of memory", textOf(host, "processor").empty() ? "" : textOf(host, "processor") + ", ",
                             countOf(static_cast<std::size_t>(numberOf(host, "cores")), "core"),
                             sizeOf(numberOf(host, "memory"))));
        fact(page, "Shard", textOf(run, "shard"));
        fact(page, "boxtest", textOf(run, "boxtest"));
        codeFact(page, "Command", textOf(run, "command"), true);
    }
    drawShards(page, partOf(run, "shards"));
    const auto& versions = partOf(tested, "versions");
    if (versions.empty()) return;
    page.element("h3", "Versions in the guest");
    const auto facts = page.open("dl", {{"class", "facts versions"}});
    for (const auto& [name, version] : versions.items())
        if (version.is_string()) fact(page, name, version.get<std::string>());
}

/// Draws the head of a report on a machine in use.
void drawLive(HtmlWriter& page, const nlohmann::json& report) {
    if (!report.contains("live")) return;
    const auto& live = report["live"];
    const auto section = page.open("section", {{"id", "live"}});
    page.element("h2", "The machine in use");
    page.element("p", textOf(live, "machine"));
    const auto listed = [&](const std::string& title, const char* key, const char* none) {
        page.element("h3", title);
        if (partOf(live, key).empty()) return page.element("p", none);
        const auto list = page.open("ul");
        for (const auto& line : partOf(live, key))
            if (line.is_string()) page.element("li", line.get<std::string>());
    };
    listed("What it calls otherwise than the policy", "deviations", "Nothing: names and paths are the policy's own.");
    if (const auto since = textOf(live, "since"); !since.empty())
        listed("What has changed since " + since, "changes", "No verdict has changed.");
}

void drawContents(HtmlWriter& page, const nlohmann::json& report, const std::vector<Picture>& shown) {
    const auto contents = page.open("nav", {{"aria-label", "Contents"}});
    const auto list = page.open("ul");
    const auto entry = [&](const std::string& id, const std::string& text) {
        const auto item = page.open("li");
        page.fragmentLink(id, text);
    };
    if (report.contains("live")) entry("live", "The machine in use");
    if (!partOf(report, "tested").empty() || !partOf(report, "run").empty()) entry("tested", "What was tested");
    if (const auto failures = failuresOf(report); !failures.empty()) entry("failures", countOf(failures.size(), "failure"));
    entry("promises", "Promises");
    for (const auto& picture : shown) entry(picture.id, picture.title);
}

std::string pageOf(const nlohmann::json& report) {
    std::vector<Picture> shown;
    for (const auto& picture : pictures())
        if (picture.isThere(report)) shown.push_back(picture);
    const auto verdict = verdictOf(report);
    HtmlWriter page;
    page.begin(fmt::format("{}: report of an Odoo Box", verdict.word), reportStyles());
    page.fragmentLink("main", "Skip to the report", {{"class", "skip"}});
    drawHead(page, report, verdict);
    drawContents(page, report, shown);
    {
        const auto main = page.open("main", {{"id", "main"}, {"tabindex", "-1"}});
        drawLive(page, report);
        drawTested(page, report);
        drawFailures(page, report);
        drawClaims(page, report);
        for (const auto& picture : shown) {
            const auto section = page.open("section", {{"id", picture.id}});
            page.element("h2", picture.title);
            picture.draw(page, report);
        }
    }
    {
        const auto foot = page.open("footer");
        page.element("p",
                     "Whatever a run did not record is not on this page. `boxtest report` writes it again from the run's JSON.");
    }
    page.end();
    return page.html();
}

}  // namespace

std::string htmlReport(const nlohmann::json& report) {
    try {
        if (!report.is_object() || !report.contains("claims") || !report["claims"].is_array())
            throw UsageError("no report of boxtest: it has no claims");
        return pageOf(report);
    } catch (const nlohmann::json::exception& error) {
        throw noReport(error);
    }
}

}  // namespace boxtest
