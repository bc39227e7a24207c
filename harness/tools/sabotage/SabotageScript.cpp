#include "sabotage/SabotageScript.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <vector>

#include "base/ShellQuote.hpp"

namespace boxtest {

namespace {

std::string variables(const Manifest& manifest) {
    const auto& names = manifest.names;
    const auto& services = manifest.services;
    const auto paths = [](const Manifest::Service& service) { return fmt::format("{}", fmt::join(service.privatePaths, "\n")); };
    const std::vector<std::pair<const char*, std::string>> all{
        {"domain", names.domain},
        {"superuser", names.superuser},
        {"admin", names.admin},
        {"odoo", names.odoo},
        {"pgadmin", names.pgadmin},
        {"handyman", names.handyman},
        {"handyman_group", names.handymanGroup},
        {"odoo_db", names.odooDatabase},
        {"pgadmin_db", names.pgadminDatabase},
        {"socket_dir", manifest.postgresql.socketDirectory},
        {"socket", manifest.postgresql.socketPath()},
        {"pg_port", std::to_string(manifest.postgresql.port)},
        {"pg_data", manifest.postgresql.dataDirectory},
        {"postgresql_unit", services.postgresql.unit},
        {"odoo_unit", services.odoo.unit},
        {"pgadmin_unit", services.pgadmin.unit},
        {"nginx_unit", services.nginx.unit},
        {"web_user", services.nginx.user},
        {"postgresql_paths", paths(services.postgresql)},
        {"odoo_paths", paths(services.odoo)},
        {"pgadmin_paths", paths(services.pgadmin)},
        {"nginx_paths", paths(services.nginx)},
        {"ssh_port", std::to_string(manifest.ssh.port)},
        {"https_port", std::to_string(manifest.web.httpsPort)},
        {"http_port", std::to_string(manifest.web.httpPort)},
        {"odoo_path", manifest.web.odoo.path},
        {"pgadmin_path", manifest.web.pgadmin.path},
        {"odoo_login", manifest.web.odoo.login},
        {"pgadmin_login", manifest.web.pgadmin.login},
        {"backup_folder", manifest.backup.directory},
        {"backup_hot", manifest.backup.hot},
        {"backup_cold", manifest.backup.cold},
        {"restore", manifest.backup.restore},
        {"restore_latest", manifest.backup.restoreOf("latest")},
    };
    std::string text;
    for (const auto& [name, value] : all) text += fmt::format("{}={}\n", name, shellQuote(value));
    return text;
}

}  // namespace

std::string sabotageScript(const Sabotage& sabotage, const std::string& functions, const Manifest& manifest) {
    // Not `( ... ) || exit`: inside that, the shell ignores set -e.
    return fmt::format(
        "export LC_ALL=C\n{}{}\n(set -eu\n{}\n{}\n)\n[ $? = 0 ] || exit {}\n(set -eu\n{}\n) >&2\n[ $? = 0 ] || exit {}\n",
        variables(manifest), functions, sabotage.lift, sabotage.act, sabotageNotDone, sabotage.check, sabotageNotTaken);
}

}  // namespace boxtest
