#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"

namespace boxtest::html {

namespace {

bool isSandbox(const std::string& name) { return name.starts_with("sandbox-") && name.ends_with(".json"); }

struct SandboxColumn {
    std::string service;
    std::string user;
    std::map<std::string, const nlohmann::json*> probes;
};

/// The column's class for an answer: whether the probe got through.
std::string classOfAnswer(const nlohmann::json& probe) {
    if (!textOf(probe, "deviation").empty()) return "wrong";
    const auto answer = textOf(probe, "answer");
    if (answer == "ok") return "possible";
    return answer == "unset" ? "none" : "refused";
}

struct SandboxTable {
    std::vector<nlohmann::json> sources;
    std::vector<SandboxColumn> columns;
    std::vector<std::string> probes;  ///< In the order of the first service that has each.

    explicit SandboxTable(const nlohmann::json& report) {
        for (const auto& one : evidenceOf(report, isSandbox)) sources.push_back(one.json());
        for (const auto& source : sources) {
            SandboxColumn column{.service = textOf(source, "service"), .user = textOf(source, "user"), .probes = {}};
            for (const auto& probe : partOf(source, "probes")) {
                const auto name = textOf(probe, "probe");
                column.probes[name] = &probe;
                if (std::find(probes.begin(), probes.end(), name) == probes.end()) probes.push_back(name);
            }
            columns.push_back(std::move(column));
        }
        // Group similar probes, independent of the order in which they were tried.
        std::stable_sort(probes.begin(), probes.end(), [](const auto& one, const auto& other) {
            return one.substr(0, one.find(' ')) < other.substr(0, other.find(' '));
        });
    }
};

void drawSandboxCounts(HtmlWriter& page, const SandboxTable& table) {
    const auto region = scrolling(page, "What the probes came to, by service");
    const auto counts = page.open("table", {{"class", "compact"}});
    page.element("caption", "What the probes came to, by service");
    headings(page, {"Service", "User", "Not as expected", "Refused", "Possible, as expected", "Nothing there"});
    const auto body = page.open("tbody");
    for (const auto& column : table.columns) {
        std::map<std::string, std::size_t> byClass;
        for (const auto& [name, probe] : column.probes) ++byClass[classOfAnswer(*probe)];
        const auto row = page.open("tr");
        page.element("th", {{"scope", "row"}}, column.service);
        page.element("td", column.user);
        page.element("td", {{"class", byClass["wrong"] > 0 ? "number wrong" : "number"}}, std::to_string(byClass["wrong"]));
        for (const auto* kind : {"refused", "possible", "none"})
            page.element("td", {{"class", "number"}}, std::to_string(byClass[kind]));
    }
}

void drawAnswer(HtmlWriter& page, const SandboxColumn& column, const std::string& name) {
    const auto found = column.probes.find(name);
    if (found == column.probes.end()) {
        page.element("td", {{"class", "none"}}, "not asked");
        return;
    }
    const auto& probe = *found->second;
    const auto kind = classOfAnswer(probe);
    const auto answer = textOf(probe, "answer");
    const auto data = page.open("td", {{"class", kind}});
    page.element("span", answer == "ok" ? "possible" : answer == "unset" ? "nothing there" : answer);
    if (kind == "wrong") page.element("small", "expected " + textOf(probe, "expected"));
    if (const auto detail = textOf(probe, "detail"); !detail.empty()) page.element("small", detail);
}

}  // namespace

bool hasSandboxes(const nlohmann::json& report) { return !SandboxTable(report).probes.empty(); }

void drawSandboxes(HtmlWriter& page, const nlohmann::json& report) {
    const SandboxTable table(report);
    page.element(
        "p",
        "A small program tried all this in a clone of each service's walls, as the service's user: what could somebody do "
        "who has taken over the service? An upper-case word is the error with which the kernel refused.");
    drawSandboxCounts(page, table);
    const auto details = page.open("details", {{"class", "text"}});
    page.element("summary", fmt::format("All {} by service", countOf(table.probes.size(), "probe")));
    const auto region = scrolling(page, "Probes by services");
    const auto matrix = page.open("table", {{"class", "matrix"}});
    page.element("caption", "Probes by services");
    std::vector<std::string> heads{"Probe"};
    for (const auto& column : table.columns) heads.push_back(column.service);
    headings(page, heads);
    const auto body = page.open("tbody");
    for (const auto& probe : table.probes) {
        const auto row = page.open("tr");
        page.element("th", {{"scope", "row"}, {"class", "probe"}}, probe);
        for (const auto& column : table.columns) drawAnswer(page, column, probe);
    }
}

}  // namespace boxtest::html
