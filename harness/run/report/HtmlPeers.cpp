#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "report/HtmlParts.hpp"
#include "report/HtmlPictures.hpp"

namespace boxtest::html {

namespace {

bool isPeers(const std::string& name) { return name == "peers.json"; }

/// Results of all attempts of one OS user as one role.
struct PeerCell {
    std::vector<std::string> entered;  ///< Databases.
    std::vector<std::string> odd;      ///< Unexpected answers: neither entered nor refused.
    std::set<int> rules;
    bool tried = false;

    bool operator==(const PeerCell&) const = default;
};

struct PeerTable {
    std::vector<std::string> users;
    std::vector<std::string> roles;
    std::map<std::pair<std::string, std::string>, PeerCell> cells;
    std::map<int, std::size_t> decided;
    std::size_t attempts = 0;

    explicit PeerTable(const nlohmann::json& peers) {
        const auto addOnce = [](std::vector<std::string>& names, const std::string& name) {
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        };
        for (const auto& attempt : partOf(peers, "attempts")) {
            ++attempts;
            const auto user = textOf(attempt, "user"), role = textOf(attempt, "role"), sqlstate = textOf(attempt, "sqlstate");
            addOnce(users, user);
            addOnce(roles, role);
            auto& cell = cells[{user, role}];
            cell.tried = true;
            const auto where = textOf(attempt, "database") + (attempt.value("replication", false) ? " (replication)" : "");
            if (sqlstate == "00000") cell.entered.push_back(where);
            if (sqlstate != "00000" && sqlstate != "28000")
                cell.odd.push_back(where + ": " + (sqlstate.empty() ? textOf(attempt, "message") : sqlstate));
            if (const auto rule = static_cast<int>(numberOf(attempt, "rule")); rule > 0) {
                cell.rules.insert(rule);
                ++decided[rule];
            }
        }
        // Sort each role's own user first, so that the allowed cells form a diagonal.
        std::stable_sort(roles.begin(), roles.end(),
                         [&](const auto& one, const auto& other) { return entersAs(one) > entersAs(other); });
        std::stable_sort(users.begin(), users.end(),
                         [&](const auto& one, const auto& other) { return place(one) < place(other); });
    }

    std::size_t place(const std::string& user) const {
        return static_cast<std::size_t>(std::find(roles.begin(), roles.end(), user) - roles.begin());
    }
    bool entersAs(const std::string& role) const {
        const auto own = cells.find({role, role});
        return own != cells.end() && !own->second.entered.empty();
    }
    std::vector<PeerCell> row(const std::string& user) const {
        std::vector<PeerCell> row;
        for (const auto& role : roles) {
            const auto found = cells.find({user, role});
            row.push_back(found == cells.end() ? PeerCell{} : found->second);
        }
        return row;
    }
};

std::string rulesOf(const PeerCell& cell) {
    if (cell.rules.empty()) return {};
    std::vector<std::string> numbers;
    for (const auto rule : cell.rules) numbers.push_back(std::to_string(rule));
    return fmt::format("{} {}", numbers.size() == 1 ? "rule" : "rules", joined(numbers, ", "));
}

void drawCell(HtmlWriter& page, const PeerCell& cell, bool own) {
    if (!cell.tried) {
        page.element("td", {{"class", "none"}}, "not tried");
        return;
    }
    const bool entered = !cell.entered.empty(), odd = !cell.odd.empty();
    const auto data = page.open("td", {{"class", odd ? "odd" : !entered ? "refused" : own ? "entered" : "wrong"}});
    if (entered) page.element("strong", joined(cell.entered, ", "));
    if (odd) page.text((entered ? "; " : "") + joined(cell.odd, ", "));
    if (!entered && !odd) page.text("refused");
    if (const auto rules = rulesOf(cell); !rules.empty()) page.element("small", rules);
}

void drawRules(HtmlWriter& page, const nlohmann::json& peers, const PeerTable& table) {
    if (partOf(peers, "rules").empty()) return;
    const auto region = scrolling(page, "The rules of pg_hba.conf");
    const auto rules = page.open("table", {{"class", "compact"}});
    page.element("caption", "The rules of pg_hba.conf, in their order: the first that fits decides");
    headings(page, {"Rule", "Who, where, how", "Attempts that it decided"});
    const auto body = page.open("tbody");
    for (const auto& rule : partOf(peers, "rules")) {
        const auto row = page.open("tr");
        const auto number = static_cast<int>(numberOf(rule, "number"));
        page.element("th", {{"scope", "row"}}, std::to_string(number));
        {
            const auto data = page.open("td");
            page.element("code", textOf(rule, "text"));
        }
        const auto decided = table.decided.find(number);
        page.element("td", {{"class", "number"}}, std::to_string(decided == table.decided.end() ? 0 : decided->second));
    }
}

}  // namespace

bool hasPeers(const nlohmann::json& report) {
    const auto all = evidenceOf(report, isPeers);
    return !all.empty() && !partOf(all.front().json(), "attempts").empty();
}

void drawPeers(HtmlWriter& page, const nlohmann::json& report) {
    const auto peers = evidenceOf(report, isPeers).front().json();
    const PeerTable table(peers);
    page.element("p",
                 fmt::format("{} attempts, each by a process of that OS user. A row is an OS user, a column the role that it "
                             "asked to be; what stands in a cell is the databases that it entered.",
                             table.attempts));
    {
        const auto region = scrolling(page, "OS users by roles");
        const auto matrix = page.open("table", {{"class", "matrix"}});
        page.element("caption", "OS users by roles");
        {
            const auto head = page.open("thead");
            const auto row = page.open("tr");
            page.element("th", {{"scope", "col"}}, "OS user");
            for (const auto& role : table.roles) page.element("th", {{"scope", "col"}}, "as " + role);
        }
        const auto body = page.open("tbody");
        // Users with equal answers share a row, because most have no role; but a user whose own role lets him in does not.
        std::vector<std::pair<std::vector<std::string>, std::vector<PeerCell>>> rows;
        for (const auto& user : table.users) {
            auto cells = table.row(user);
            const bool plain = std::none_of(cells.begin(), cells.end(),
                                            [](const PeerCell& cell) { return !cell.entered.empty() || !cell.odd.empty(); });
            const auto mayShare = [&](const std::string& one) { return plain || table.place(one) == table.roles.size(); };
            const auto same = std::find_if(rows.begin(), rows.end(), [&](const auto& row) {
                return row.second == cells && mayShare(user) && mayShare(row.first.front());
            });
            if (same != rows.end()) {
                same->first.push_back(user);
            } else {
                rows.emplace_back(std::vector{user}, std::move(cells));
            }
        }
        for (const auto& [users, cells] : rows) {
            const auto row = page.open("tr");
            page.element("th", {{"scope", "row"}}, joined(users, ", "));
            for (std::size_t i = 0; i < cells.size(); ++i)
                drawCell(page, cells[i], users.size() == 1 && users.front() == table.roles[i]);
        }
    }
    drawRules(page, peers, table);
}

}  // namespace boxtest::html
