#include "Claims.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace boxtest {

namespace {

// Subjects of the documentation's promises.
namespace section {
constexpr std::string_view socket = "PostgreSQL's socket", admin = "The admin", handymen = "Handymen", services = "The services",
                           web = "The web", ssh = "SSH", data = "Data", restarts = "After a restart", names = "Names";
}

constexpr std::array claimTable{
    Claim{
        .id = "tcp-refused",
        .section = section::socket,
        .promise = "PostgreSQL only takes Unix socket connections; no TCP, not even loopback.",
    },
    Claim{
        .id = "apps-use-socket",
        .section = section::socket,
        .promise = "Odoo and pgAdmin reach their databases through the Unix socket.",
    },
    Claim{
        .id = "peer-auth",
        .section = section::socket,
        .promise = "The database role is the OS user; there are no passwords and no ident map.",
    },
    Claim{
        .id = "admin-psql",
        .section = section::admin,
        .promise = "The admin logs in with ssh and runs sudo -u postgres psql.",
    },
    Claim{
        .id = "admin-tunnel",
        .section = section::admin,
        .promise = "The admin reaches every database as a superuser through an SSH tunnel to the Unix socket.",
    },
    Claim{
        .id = "maintenance",
        .section = section::admin,
        .promise = "The admin keeps the database in order: VACUUM, ANALYZE, REINDEX. A handyman does not.",
    },
    Claim{
        .id = "handyman-tunnel",
        .section = section::handymen,
        .promise = "A handyman is an ordinary OS user who reaches the Odoo database, as herself, through an SSH tunnel.",
    },
    Claim{
        .id = "handyman-data",
        .section = section::handymen,
        .promise = "A handyman reads and writes Odoo's tables, also those that Odoo creates afterwards.",
    },
    Claim{
        .id = "handyman-nothing-else",
        .section = section::handymen,
        .promise = "A handyman can do nothing else in the database.",
    },
    Claim{
        .id = "handyman-no-os",
        .section = section::handymen,
        .promise = "A handyman is an ordinary OS user, without any right over the services.",
    },
    Claim{
        .id = "services-daemon-users",
        .section = section::services,
        .promise = "PostgreSQL, pgAdmin and Odoo run under their own daemon users: no login, no privileges.",
    },
    Claim{
        .id = "services-isolated",
        .section = section::services,
        .promise = "The services have no access to the system.",
    },
    Claim{
        .id = "odoo-role",
        .section = section::services,
        .promise = "The role of Odoo owns the Odoo database, and nothing else.",
    },
    Claim{
        .id = "pgadmin-role",
        .section = section::services,
        .promise =
            "The role of pgAdmin owns the pgAdmin database, reads and writes Odoo's tables, reads statistics; nothing else.",
    },
    Claim{
        .id = "web-https",
        .section = section::web,
        .promise = "From outside there are SSH and HTTPS, with a valid certificate and TLS 1.2 or newer; HTTP redirects.",
    },
    Claim{
        .id = "odoo-web",
        .section = section::web,
        .promise = "Odoo at https://DOMAIN wants a login; default passwords do not work, and nobody signs up.",
    },
    Claim{
        .id = "odoo-db-manager-off",
        .section = section::web,
        .promise = "Odoo's database management is disabled.",
    },
    Claim{
        .id = "pgadmin-web",
        .section = section::web,
        .promise = "pgAdmin at /pgadmin wants a login and is then ready to use on the Odoo database.",
    },
    Claim{
        .id = "ssh-key-only",
        .section = section::ssh,
        .promise = "SSH takes keys only, through one door, and never root's.",
    },
    Claim{
        .id = "data-private",
        .section = section::data,
        .promise = "Data directories and secrets are closed to everybody but their owner.",
    },
    Claim{
        .id = "backup",
        .section = section::data,
        .promise = "Odoo's database and file store are backed up by themselves, hot and cold, and can be restored.",
    },
    Claim{
        .id = "survives-restart",
        .section = section::restarts,
        .promise = "All this holds after a restart of the machine, and of each service.",
    },
    Claim{
        .id = "names-configurable",
        .section = section::names,
        .promise = "Roles and OS users have the same names, which the configuration can change.",
        .run = "boxtest run --guest \"$(ci/debian-guest/build --names nixos/guest/other-names.json)\"",
    },
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

std::span<const Claim> claims() { return claimTable; }

const Claim* claimOfSuite(std::string_view suite) {
    const auto found =
        std::find_if(claimTable.begin(), claimTable.end(), [&](const Claim& claim) { return claim.suite() == suite; });
    return found == claimTable.end() ? nullptr : &*found;
}

}  // namespace boxtest
