#include "manifest/Manifest.hpp"

#include <limits>
#include <string_view>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "manifest/JsonReader.hpp"

namespace boxtest {

namespace {

constexpr const char* digits = "0123456789";
constexpr const char* lowerCase = "abcdefghijklmnopqrstuvwxyz";
constexpr const char* upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool consistsOf(std::string_view text, const std::string& allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool isId(const std::string& text) {
    return text.size() >= 16 && text.size() <= 64 && consistsOf(text, std::string(digits) + lowerCase);
}

bool isHostKey(const std::string& text) {
    constexpr std::string_view type = "ssh-ed25519 ";
    return text.starts_with(type) && text.size() > type.size() &&
           consistsOf(std::string_view(text).substr(type.size()), std::string(digits) + lowerCase + upperCase + "+/=");
}

bool isServiceUnit(const std::string& text) { return text.ends_with(".service"); }
bool isServiceTemplate(const std::string& text) { return text.ends_with("@.service"); }

Manifest::Boot readBoot(JsonReader from) {
    Manifest::Boot boot;
    boot.kernel = from.file("kernel");
    boot.initrd = from.file("initrd");
    boot.commandLine = from.text("command_line");
    auto disk = from.object("disk");
    boot.disk = disk.file("file");
    boot.diskFormat = disk.oneOf("format", {"raw", "qcow2"});
    disk.finish();
    from.finish();
    return boot;
}

Manifest::Names readNames(JsonReader from) {
    Manifest::Names names;
    names.domain = from.text("domain");
    names.superuser = from.text("superuser");
    names.admin = from.text("admin");
    names.odoo = from.text("odoo");
    names.pgadmin = from.text("pgadmin");
    names.handymanGroup = from.text("handyman_group");
    names.handyman = from.text("handyman");
    names.odooDatabase = from.text("odoo_database");
    names.pgadminDatabase = from.text("pgadmin_database");
    from.finish();
    return names;
}

Manifest::Ssh readSsh(JsonReader from) {
    Manifest::Ssh ssh;
    ssh.port = from.port("port");
    ssh.hostKey = from.textThat("host_key", isHostKey, "\"ssh-ed25519 <base64>\"");
    ssh.privateKeys = from.object("users").files();
    from.finish();
    return ssh;
}

Manifest::Postgresql readPostgresql(JsonReader from) {
    Manifest::Postgresql postgresql;
    postgresql.major = from.integer("major", 13, std::numeric_limits<int>::max());
    postgresql.socketDirectory = from.guestPath("socket_directory");
    postgresql.port = from.port("port");
    postgresql.dataDirectory = from.guestPath("data_directory");
    from.finish();
    return postgresql;
}

Manifest::Service readService(JsonReader from) {
    Manifest::Service service;
    service.unit = from.textThat("unit", isServiceUnit, "a unit's name that ends in .service");
    service.user = from.text("user");
    service.privatePaths = from.guestPaths("private_paths");
    from.finish();
    return service;
}

Manifest::Services readServices(JsonReader from) {
    Manifest::Services services;
    services.postgresql = readService(from.object("postgresql"));
    services.odoo = readService(from.object("odoo"));
    services.pgadmin = readService(from.object("pgadmin"));
    services.nginx = readService(from.object("nginx"));
    from.finish();
    return services;
}

Manifest::WebApplication readWebApplication(JsonReader from, bool needsMasterPassword) {
    Manifest::WebApplication application;
    application.path = from.guestPath("path");
    application.login = from.text("login");
    application.passwordFile = from.file("password_file");
    if (needsMasterPassword || from.has("master_password_file"))
        application.masterPasswordFile = from.file("master_password_file");
    from.finish();
    return application;
}

Manifest::Web readWeb(JsonReader from) {
    Manifest::Web web;
    web.httpPort = from.port("http_port");
    web.httpsPort = from.port("https_port");
    web.caCertificate = from.file("ca_certificate");
    web.odoo = readWebApplication(from.object("odoo"), true);
    web.pgadmin = readWebApplication(from.object("pgadmin"), false);
    from.finish();
    return web;
}

Manifest::Backup readBackup(JsonReader from) {
    Manifest::Backup backup;
    backup.directory = from.guestPath("directory");
    backup.hot = from.textThat("hot", isServiceUnit, "a unit's name that ends in .service");
    backup.cold = from.textThat("cold", isServiceUnit, "a unit's name that ends in .service");
    backup.restore = from.textThat("restore", isServiceTemplate, "a template's name that ends in @.service");
    backup.keep = from.integer("keep", 1, std::numeric_limits<int>::max());
    from.finish();
    return backup;
}

/// The banner file that the guest's sshd is configured to send (nixos/policy/sshd.nix); identical in all flavours.
constexpr auto bannerFile = "/run/qemu-ga/token";

std::string secretFrom(const std::filesystem::path& file) {
    auto secret = readWholeFile(file);
    if (secret.ends_with('\n')) secret.pop_back();
    if (secret.empty()) throw UsageError("the password file '" + file.string() + "' is empty");
    return secret;
}

}  // namespace

Manifest Manifest::load(const std::filesystem::path& folderOrFile) {
    std::error_code ignored;
    auto file = files::absolute(folderOrFile).lexically_normal();
    if (std::filesystem::is_directory(file, ignored)) file /= "guest.json";
    file = file.lexically_normal();

    auto from = JsonReader::open(file);
    Manifest manifest;
    manifest.folder = file.parent_path();
    from.integer("schema", 1, 1);
    manifest.flavour = from.oneOf("flavour", {"debian", "nixos"});
    if (from.has("shape")) manifest.shape = from.oneOf("shape", {"nixos"});
    manifest.id = from.textThat("id", isId, "16 to 64 lower-case letters and digits");
    manifest.architecture = from.oneOf("architecture", {"x86_64", "aarch64"});
    manifest.memoryMiB = from.integer("memory_mib", 512, std::numeric_limits<int>::max());
    manifest.cpus = from.integer("cpus", 1, std::numeric_limits<int>::max());
    manifest.boot = readBoot(from.object("boot"));
    manifest.names = readNames(from.object("names"));
    manifest.ssh = readSsh(from.object("ssh"));
    manifest.postgresql = readPostgresql(from.object("postgresql"));
    manifest.services = readServices(from.object("services"));
    manifest.web = readWeb(from.object("web"));
    manifest.probe = from.guestPath("probe");
    manifest.checksums = from.file("checksums");
    manifest.backup = readBackup(from.object("backup"));
    manifest.versions = from.object("versions").texts();
    from.finish();
    return manifest;
}

Guest Manifest::guest() const {
    return {.folder = folder,
            .flavour = flavour,
            .id = id,
            .architecture = architecture,
            .memoryMiB = memoryMiB,
            .cpus = cpus,
            .boot = boot,
            .domain = names.domain,
            .admin = names.admin,
            .ssh = ssh,
            .httpPort = web.httpPort,
            .httpsPort = web.httpsPort,
            .bannerFile = bannerFile};
}

std::string Manifest::Postgresql::socketPath() const { return socketDirectory + "/.s.PGSQL." + std::to_string(port); }

std::array<std::reference_wrapper<const Manifest::Service>, 4> Manifest::Services::all() const {
    return {postgresql, odoo, pgadmin, nginx};
}

std::string Manifest::Backup::restoreOf(const std::string& name) const {
    return restore.substr(0, restore.find('@') + 1) + name + ".service";
}

std::string Manifest::WebApplication::password() const { return secretFrom(passwordFile); }

std::string Manifest::WebApplication::masterPassword() const {
    if (!masterPasswordFile) throw UsageError("the application at '" + path + "' has no master password");
    return secretFrom(*masterPasswordFile);
}

}  // namespace boxtest
