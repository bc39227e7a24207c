#include "live/BoxNames.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "base/Error.hpp"
#include "manifest/JsonReader.hpp"

namespace boxtest {

namespace {

// From nixos/policy/settings.nix.
constexpr std::uint16_t sshDoor = 22, httpDoor = 80, httpsDoor = 443, postgresqlNumber = 5432;
constexpr int backupsKept = 7;

constexpr std::string_view plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@-";

bool isPlainName(const std::string& text) {
    return !text.empty() && text.size() <= 253 && text.front() != '-' &&
           text.find_first_not_of(plainLetters) == std::string::npos;
}

bool isPlainPath(const std::string& text) {
    return text.starts_with('/') && text.find("/..") == std::string::npos &&
           text.find_first_not_of(std::string(plainLetters) + "/+=") == std::string::npos;
}

bool isUnit(const std::string& text) { return isPlainName(text) && text.ends_with(".service"); }
bool isUnitTemplate(const std::string& text) { return isPlainName(text) && text.ends_with("@.service"); }

std::string nameIn(JsonReader& from, const std::string& key) {
    return from.textThat(key, isPlainName, "a name of letters, digits and _.@-");
}

std::string pathIn(JsonReader& from, const std::string& key) {
    return from.textThat(key, isPlainPath, "an absolute path of letters, digits and _.@+=-/");
}

Manifest::Service serviceIn(JsonReader from) {
    Manifest::Service service;
    service.unit = from.textThat("unit", isUnit, "a unit's name that ends in .service");
    service.user = nameIn(from, "user");
    service.privatePaths = from.guestPaths("private_paths");
    if (!std::ranges::all_of(service.privatePaths, isPlainPath))
        throw UsageError(fmt::format("{}: one of its private paths has other letters than a path of the box", service.unit));
    from.finish();
    return service;
}

Manifest::WebApplication webIn(JsonReader from) {
    Manifest::WebApplication application;
    application.path = pathIn(from, "path");
    application.login = nameIn(from, "login");
    from.finish();
    return application;
}

}  // namespace

BoxNames BoxNames::load(const std::filesystem::path& source, const std::filesystem::path& copyOf) {
    auto from = JsonReader::open(source, copyOf);
    BoxNames box;
    auto& manifest = box.manifest_;
    from.integer("schema", 1, 1);
    manifest.flavour = from.oneOf("flavour", {"debian", "nixos"});
    if (from.has("shape")) manifest.shape = from.oneOf("shape", {"nixos"});
    manifest.id = "live";
    auto names = from.object("names");
    for (auto [key, name] : {std::pair{"domain", &manifest.names.domain},
                             {"superuser", &manifest.names.superuser},
                             {"admin", &manifest.names.admin},
                             {"odoo", &manifest.names.odoo},
                             {"pgadmin", &manifest.names.pgadmin},
                             {"handyman_group", &manifest.names.handymanGroup},
                             {"handyman", &manifest.names.handyman},
                             {"odoo_database", &manifest.names.odooDatabase},
                             {"pgadmin_database", &manifest.names.pgadminDatabase}})
        *name = nameIn(names, key);
    names.finish();
    for (const auto& [person, role] : from.object("people").texts()) {
        if (!isPlainName(person))
            throw UsageError(
                fmt::format("'{}': '{}' is no name of a person", (copyOf.empty() ? source : copyOf).string(), person));
        manifest.ssh.privateKeys[person] = std::filesystem::path();
    }
    manifest.ssh.port = sshDoor;
    auto postgresql = from.object("postgresql");
    manifest.postgresql.major = postgresql.integer("major", 13, std::numeric_limits<int>::max());
    manifest.postgresql.socketDirectory = pathIn(postgresql, "socket_directory");
    manifest.postgresql.dataDirectory = pathIn(postgresql, "data_directory");
    manifest.postgresql.port = postgresqlNumber;
    postgresql.finish();
    auto services = from.object("services");
    manifest.services.postgresql = serviceIn(services.object("postgresql"));
    manifest.services.odoo = serviceIn(services.object("odoo"));
    manifest.services.pgadmin = serviceIn(services.object("pgadmin"));
    manifest.services.nginx = serviceIn(services.object("nginx"));
    services.finish();
    auto web = from.object("web");
    manifest.web.httpPort = httpDoor;
    manifest.web.httpsPort = httpsDoor;
    manifest.web.odoo = webIn(web.object("odoo"));
    manifest.web.pgadmin = webIn(web.object("pgadmin"));
    web.finish();
    auto backup = from.object("backup");
    manifest.backup.directory = pathIn(backup, "directory");
    manifest.backup.hot = backup.textThat("hot", isUnit, "a unit's name that ends in .service");
    manifest.backup.cold = backup.textThat("cold", isUnit, "a unit's name that ends in .service");
    manifest.backup.restore = backup.textThat("restore", isUnitTemplate, "a template's name that ends in @.service");
    manifest.backup.keep = backupsKept;
    backup.finish();
    from.finish();
    return box;
}

std::vector<std::string> BoxNames::deviations() const {
    const auto& names = manifest_.names;
    const auto& services = manifest_.services;
    std::vector<std::string> lines;
    const auto compare = [&](std::string_view what, const std::string& found, const std::string& expected) {
        if (found != expected) lines.push_back(fmt::format("{}: {} (the policy's own: {})", what, found, expected));
    };
    compare("domain", names.domain, "odoo-host");
    compare("superuser", names.superuser, "postgres");
    compare("admin", names.admin, "admin");
    compare("Odoo's user and role", names.odoo, "odoo");
    compare("pgAdmin's user and role", names.pgadmin, "pgadmin");
    compare("handymen's group", names.handymanGroup, "odoo_handyman");
    compare("handyman", names.handyman, "jane");
    compare("Odoo's database", names.odooDatabase, "odoo_martel_14");
    compare("pgAdmin's database", names.pgadminDatabase, "pgadmin");
    std::vector<std::string> people;
    for (const auto& [person, none] : manifest_.ssh.privateKeys) people.push_back(person);
    std::vector<std::string> expected{names.admin, names.handyman};
    std::ranges::sort(expected);
    compare("people who may log in", fmt::format("{}", fmt::join(people, ", ")), fmt::format("{}", fmt::join(expected, ", ")));
    compare("folder of PostgreSQL's socket", manifest_.postgresql.socketDirectory, "/run/postgresql");
    compare("PostgreSQL's unit", services.postgresql.unit, "postgresql.service");
    compare("PostgreSQL's OS user", services.postgresql.user, names.superuser);
    compare("Odoo's unit", services.odoo.unit, "odoo.service");
    compare("Odoo's OS user", services.odoo.user, names.odoo);
    compare("pgAdmin's unit", services.pgadmin.unit, "pgadmin.service");
    compare("pgAdmin's OS user", services.pgadmin.user, names.pgadmin);
    compare("nginx's unit", services.nginx.unit, "nginx.service");
    compare("Odoo's path", manifest_.web.odoo.path, "/");
    compare("pgAdmin's path", manifest_.web.pgadmin.path, "/pgadmin");
    compare("folder of backups", manifest_.backup.directory, "/var/backups/odoo-box");
    return lines;
}

}  // namespace boxtest
