#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"

namespace boxtest::html {

namespace {

bool isPrivileges(const std::string& name) { return name.starts_with("privileges-") && name.ends_with(".diff"); }

/// One line of a privilege matrix: where | kind | object | role | what, and whether it is expected.
struct PrivilegeLine {
    char sign = ' ';  ///< '-': expected and missing; '+': present and not expected.
    std::array<std::string, 5> fields;
};

std::vector<PrivilegeLine> parsePrivileges(const std::string& text) {
    std::vector<PrivilegeLine> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.size() < 3 || line.starts_with("#")) continue;
        PrivilegeLine one{.sign = line[0], .fields = {}};
        auto rest = line.substr(2);
        for (std::size_t i = 0; i < one.fields.size(); ++i) {
            const auto end = i + 1 < one.fields.size() ? rest.find(" | ") : std::string::npos;
            one.fields[i] = rest.substr(0, end);
            rest = end == std::string::npos ? std::string() : rest.substr(end + 3);
        }
        all.push_back(std::move(one));
    }
    return all;
}

void drawPrivilegeRow(HtmlWriter& page, const PrivilegeLine& line) {
    const auto row = page.open("tr", {{"class", line.sign == ' ' ? "" : line.sign == '+' ? "added" : "removed"}});
    page.element("td", line.sign == ' ' ? "expected" : line.sign == '+' ? "+ too much" : "− missing");
    for (const auto& field : line.fields) page.element("td", field);
}

void drawPrivilegeTable(HtmlWriter& page, const std::string& title, const std::vector<PrivilegeLine>& lines) {
    const auto region = scrolling(page, title);
    const auto table = page.open("table", {{"class", "compact diff"}});
    page.element("caption", title);
    headings(page, {"Difference", "Where", "Kind", "Object", "Role", "What"});
    const auto body = page.open("tbody");
    for (const auto& line : lines) drawPrivilegeRow(page, line);
}

}  // namespace

bool hasPrivileges(const nlohmann::json& report) { return !evidenceOf(report, isPrivileges).empty(); }

void drawPrivileges(HtmlWriter& page, const nlohmann::json& report) {
    const auto all = evidenceOf(report, isPrivileges);
    page.element("p",
                 "Everything that decides who may do what in the cluster, as far as it differs from a new one, against what is "
                 "expected.");
    std::vector<std::string> seen;
    for (const auto& one : all) {
        // Several scenarios compare the same matrix with the same expectation.
        if (std::find(seen.begin(), seen.end(), one.text()) != seen.end()) continue;
        seen.push_back(one.text());
        const auto lines = parsePrivileges(one.text());
        std::vector<PrivilegeLine> drifts;
        std::map<std::string, std::vector<PrivilegeLine>> byPlace;
        for (const auto& line : lines) {
            if (line.sign != ' ') drifts.push_back(line);
            byPlace[line.fields[0]].push_back(line);
        }
        {
            const auto verdict = page.open("p");
            page.element("strong", drifts.empty()
                                       ? fmt::format("All {} are as expected.", countOf(lines.size(), "line"))
                                       : fmt::format("{} of {} differ from what is expected.", drifts.size(), lines.size()));
            page.text(" Seen by ");
            page.fragmentLink(one.of.id(), one.of.name());
            page.text(".");
        }
        const auto which = seen.size() == 1 ? std::string() : fmt::format(" ({})", seen.size());
        if (!drifts.empty()) drawPrivilegeTable(page, "What differs" + which, drifts);
        for (const auto& [place, group] : byPlace) {
            const auto details = page.open("details", {{"class", "text"}});
            page.element("summary", fmt::format("{}: {}", place == "cluster" ? "the cluster" : "database " + place,
                                                countOf(group.size(), "line")));
            drawPrivilegeTable(page, fmt::format("Rights: {}{}", place, which), group);
        }
    }
}

}  // namespace boxtest::html
