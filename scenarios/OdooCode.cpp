#include "OdooCode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "EmbeddedTexts.hpp"

namespace boxtest {

std::vector<std::string> OdooCode::read(Database& admin) {
    admin.begin();
    admin.execute("SET LOCAL search_path = pg_catalog; SET LOCAL transaction_read_only = on");
    std::vector<std::string> lines;
    for (const auto& row : admin.execute(std::string(embeddedText("odoo-code.sql")))) {
        const auto what = row[2].as<std::string>("");
        lines.push_back(
            fmt::format("{} | {} | {}", row[0].as<std::string>(), row[1].as<std::string>(), what.empty() ? "-" : what));
    }
    admin.rollback();
    std::ranges::sort(lines);
    return lines;
}

std::vector<std::string> OdooCode::beyondExpected(const std::vector<std::string>& lines) {
    std::vector<std::string> expected, beyond;
    std::istringstream text{std::string(embeddedText("odoo-code.txt"))};
    for (std::string line; std::getline(text, line);)
        if (!line.empty() && line[0] != '#') expected.push_back(line);
    std::ranges::sort(expected);
    std::ranges::set_difference(lines, expected, std::back_inserter(beyond));
    return beyond;
}

std::string OdooCode::advice(const Manifest::Names& names) {
    return fmt::format(
        "no fresh Odoo makes these; whoever controls the role '{0}' can. They may run with the rights of whoever uses Odoo's "
        "tables. "
        "Until you know where each comes from, use these tables as a handyman only, never as '{1}' or '{2}': "
        "ssh to the machine as the admin, then: sudo -u {3} psql -X -d {4}. "
        "A module that you installed makes it: read it there, and add its line to scenarios/expected/odoo-code.txt. "
        "Nothing that you know makes it: take Odoo for broken into; stop it, keep a copy of the database for whoever looks "
        "into it, and restore a backup from before",
        names.odoo, names.admin, names.superuser, names.handyman, names.odooDatabase);
}

}  // namespace boxtest
