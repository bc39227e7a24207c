#include "Secrets.hpp"

#include <fmt/format.h>

#include <utility>

#include "Sections.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"

namespace boxtest::secrets {

std::vector<std::string> passwords(RunningGuest& guest) {
    const auto& web = guest.manifest().web;
    return {web.odoo.masterPassword(), web.odoo.password(), web.pgadmin.password()};
}

std::vector<std::string> hashes(RunningGuest& guest) {
    std::vector<std::string> all;
    for (const auto& [database, table] : {std::pair{guest.names().odooDatabase, "public.res_users"},
                                          std::pair{guest.names().pgadminDatabase, "public.\"user\""}}) {
        auto admin = guest.adminDatabase(database);
        const auto found = admin.execute(fmt::format("SELECT password FROM {} WHERE password <> ''", table));
        if (found.empty()) throw GuestError(fmt::format("nobody has a password in {} of {}", table, database));
        for (const auto& row : found) all.push_back(row[0].as<std::string>());
    }
    return all;
}

std::vector<std::string> peoplesKeys(RunningGuest& guest) {
    std::vector<std::string> all;
    for (const auto& [user, key] : guest.manifest().ssh.privateKeys) {
        std::vector<std::string> lines;
        for (const auto& line : splitLines(readWholeFile(guest.manifest().ssh.keyOf(user))))
            if (!line.empty() && !line.starts_with("-----")) lines.emplace_back(line);
        if (lines.size() < 2) throw GuestError("the private key of " + user + " has too few lines to tell it by");
        all.push_back(lines[lines.size() - 2]);
    }
    return all;
}

}  // namespace boxtest::secrets
