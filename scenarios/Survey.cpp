#include "Survey.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "EmbeddedTexts.hpp"
#include "Sections.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "machine/SshFiles.hpp"

namespace boxtest {

Survey Survey::run(RunningGuest& guest, const std::string& name, const std::string& input, const ExpectedRows::Values& more) {
    const auto program = std::string(embeddedText(name + ".py"));
    const auto expected =
        std::string(embeddedText(name + ".txt")) + std::string(embeddedText(name + "-" + guest.manifest().flavour + ".txt"));
    if (program.empty() || expected.empty()) throw GuestError("there is no survey of the name " + name);
    const auto result = guest.session(guest.names().admin)
                            .run({"sudo", "-n", "--", guest.python(), "-I", "-c", program},
                                 {.input = input, .deadline = Deadline::in(std::chrono::minutes(5))});
    Survey survey;
    survey.rows_ = splitLines(result.out);
    if (!result.succeeded() || survey.rows_.empty() || survey.rows_.back() != "complete")
        throw GuestError("the survey of " + name + " did not come to its end: " + result.describe());
    survey.rows_.pop_back();
    auto values = valuesOf(guest.manifest());
    for (const auto& [key, all] : more) values[key] = all;
    survey.expected_ = ExpectedRows::parse(expected, guest.manifest().flavour, values);
    return survey;
}

std::vector<std::string> Survey::findings(const std::vector<std::string>& kinds) const {
    return expected_.findings(rows_, kinds);
}

std::string Survey::text() const {
    std::string all;
    for (const auto& row : rows_) all += row + "\n";
    return all;
}

Survey Survey::ofAccounts(RunningGuest& guest) {
    ExpectedRows::Values keys;
    const TemporaryFolder folder("keys");
    for (const auto& [user, file] : guest.manifest().ssh.privateKeys) {
        const auto closed = folder.path() / putKey(guest.manifest(), user, folder.path());
        const auto shown =
            runProgram({"ssh-keygen", "-l", "-E", "sha256", "-f", closed.string()}, Deadline::in(std::chrono::minutes(1)));
        const auto words = splitWords(shown.out);
        if (!shown.succeeded() || words.size() < 2) throw GuestError("cannot tell the key of " + user + ": " + shown.describe());
        keys["keys"].push_back(user + " " + words[1]);
    }
    return run(guest, "accounts", guest.names().handyman + "\n", keys);
}

Survey Survey::ofCluster(RunningGuest& guest, const std::string& name) {
    const auto& postgresql = guest.manifest().postgresql;
    const nlohmann::json told{
        {"superuser", guest.names().superuser}, {"directory", postgresql.socketDirectory}, {"port", postgresql.port}};
    return run(guest, name, told.dump());
}

Survey Survey::ofServer(RunningGuest& guest) { return ofCluster(guest, "server"); }

Survey Survey::ofCatalogue(RunningGuest& guest) { return ofCluster(guest, "catalogue"); }

Survey Survey::ofWeb(RunningGuest& guest) {
    const auto& manifest = guest.manifest();
    const nlohmann::json told{{"nginxUnit", manifest.services.nginx.unit},
                              {"pgadminUnit", manifest.services.pgadmin.unit},
                              {"odoo", manifest.names.odoo},
                              {"odooDatabase", manifest.names.odooDatabase},
                              {"pgadmin", manifest.names.pgadmin},
                              {"pgadminDatabase", manifest.names.pgadminDatabase},
                              {"directory", manifest.postgresql.socketDirectory},
                              {"port", manifest.postgresql.port}};
    return run(guest, "web", told.dump());
}

Survey Survey::ofCopies(RunningGuest& guest) {
    const auto& manifest = guest.manifest();
    auto places = nlohmann::json::array({manifest.postgresql.dataDirectory, manifest.backup.directory});
    for (const Manifest::Service& service : manifest.services.all()) {
        // A single file of these is judged as any other: nginx's are keys.
        if (service.unit == manifest.services.nginx.unit) continue;
        for (const auto& path : service.privatePaths) places.push_back(path);
    }
    return run(guest, "copies", nlohmann::json{{"places", places}}.dump());
}

Survey Survey::ofFiles(RunningGuest& guest) { return ofFilesBelow(guest, {"/"}); }

Survey Survey::ofConfiguration(RunningGuest& guest) {
    const auto& data = guest.manifest().postgresql.dataDirectory;
    return ofFilesBelow(guest, {"/etc", "/root", "/usr/local", data.substr(0, data.rfind('/'))});
}

Survey Survey::ofFilesBelow(RunningGuest& guest, const std::vector<std::string>& tops) {
    const auto& manifest = guest.manifest();
    nlohmann::json told{{"tops", tops},
                        {"data", manifest.postgresql.dataDirectory},
                        {"people", nlohmann::json::array()},
                        {"units", nlohmann::json::object()},
                        {"trees", nlohmann::json::object()}};
    for (const auto& [user, key] : manifest.ssh.privateKeys) told["people"].push_back(user);
    for (const Manifest::Service& service : manifest.services.all()) {
        told["units"][service.unit] = service.user;
        for (const auto& path : service.privatePaths) told["trees"][path] = service.user;
    }
    told["trees"][manifest.postgresql.dataDirectory] = manifest.services.postgresql.user;
    return run(guest, "files", told.dump());
}

ExpectedRows::Values Survey::valuesOf(const Manifest& manifest) {
    const auto& name = manifest.names;
    const auto& services = manifest.services;
    ExpectedRows::Values values{{"admin", {name.admin}},
                                {"handyman", {name.handyman}},
                                {"superuser", {name.superuser}},
                                {"odoo", {name.odoo}},
                                {"pgadmin", {name.pgadmin}},
                                {"handymanGroup", {name.handymanGroup}},
                                {"odooDatabase", {name.odooDatabase}},
                                {"pgadminDatabase", {name.pgadminDatabase}},
                                {"domain", {name.domain}},
                                {"sshPort", {std::to_string(manifest.ssh.port)}},
                                {"httpPort", {std::to_string(manifest.web.httpPort)}},
                                {"httpsPort", {std::to_string(manifest.web.httpsPort)}},
                                {"socket", {manifest.postgresql.socketPath()}},
                                {"socketDirectory", {manifest.postgresql.socketDirectory}},
                                {"dataDirectory", {manifest.postgresql.dataDirectory}},
                                {"backups", {manifest.backup.directory}},
                                {"backupHot", {manifest.backup.hot}},
                                {"backupCold", {manifest.backup.cold}},
                                {"postgresqlUnit", {services.postgresql.unit}},
                                {"odooUnit", {services.odoo.unit}},
                                {"pgadminUnit", {services.pgadmin.unit}},
                                {"nginxUnit", {services.nginx.unit}},
                                {"webUser", {services.nginx.user}},
                                {"odooLogin", {manifest.web.odoo.login}},
                                {"pgadminLogin", {manifest.web.pgadmin.login}},
                                {"pgadminPath", {manifest.web.pgadmin.path}},
                                {"people", {}}};
    for (const auto& [user, key] : manifest.ssh.privateKeys) values["people"].push_back(user);
    return values;
}

}  // namespace boxtest
