#include "Claims.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace boxtest {

namespace {

constexpr bool changing = true, reading = false, slow = true, quick = false;

constexpr std::array table{
    Claim{"tcp-refused", "PostgreSQL only takes Unix socket connections; no TCP, not even loopback.", reading, quick},
    Claim{"apps-use-socket", "Odoo and pgAdmin reach their databases through the Unix socket.", reading, quick},
    Claim{"peer-auth", "The database role is the OS user; there are no passwords and no ident map.", reading, slow},
    Claim{"admin-psql", "The admin logs in with ssh and runs sudo -u postgres psql.", changing, quick},
    Claim{"admin-tunnel", "The admin reaches every database as a superuser through an SSH tunnel to the Unix socket.", changing,
          quick},
    Claim{"handyman-tunnel",
          "A handyman is an ordinary OS user who reaches the Odoo database, as herself, through an SSH tunnel.", reading, quick,
          First::handyman},
    Claim{"handyman-data", "A handyman reads and writes Odoo's tables, also those that Odoo creates afterwards.", changing, quick,
          First::handyman},
    Claim{"handyman-nothing-else", "A handyman can do nothing else in the database.", changing, quick, First::both},
    Claim{"handyman-no-os", "A handyman is an ordinary OS user, without any right over the services.", reading, slow,
          First::both},
    Claim{"services-daemon-users", "PostgreSQL, pgAdmin and Odoo run under their own daemon users: no login, no privileges.",
          reading, quick},
    Claim{"services-isolated", "The services have no access to the system.", changing, slow},
    Claim{"pgadmin-web", "pgAdmin at /pgadmin wants a login and is then ready to use on the Odoo database.", changing, slow},
    Claim{"odoo-db-manager-off", "Odoo's database management is disabled.", changing, slow},
    Claim{"maintenance", "The admin keeps the database in order: VACUUM, ANALYZE, REINDEX. A handyman does not.", changing, slow,
          First::both},
    Claim{"backup", "Odoo's database and file store are backed up by themselves, hot and cold, and can be restored.", changing,
          slow},
};

}  // namespace

std::string Claim::suite() const {
    std::string name;
    bool capital = true;
    for (const char letter : id) {
        if (letter != '-') name += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
        capital = letter == '-';
    }
    return name;
}

std::vector<std::string> Claim::traits() const {
    std::vector<std::string> all;
    if (changesState) all.emplace_back("changesState");
    if (slow) all.emplace_back("slow");
    if (id.starts_with("handyman")) all.emplace_back("jane");
    return all;
}

std::vector<std::string> Claim::traitsOf(std::string_view name) const {
    auto all = traits();
    if (name.find("Neighbour") != std::string_view::npos) all.emplace_back("twoMachines");
    return all;
}

std::span<const Claim> claims() { return table; }

const Claim* claimOfSuite(std::string_view suite) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const Claim& claim) { return claim.suite() == suite; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace boxtest
