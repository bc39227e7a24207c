#include "unit/manifest/FakeGuest.hpp"

#include <sys/utsname.h>

#include <fstream>

namespace boxtest {

namespace {

using Json = nlohmann::json;

Json service(const std::string& name) {
    return {{"unit", name + ".service"}, {"user", name}, {"private_paths", {"/var/lib/" + name}}};
}

}  // namespace

FakeGuest::FakeGuest(const std::string& commandLine) {
    utsname host{};
    ::uname(&host);
    const bool arm = std::string(host.machine) == "aarch64";
    json_ = {
        {"schema", 1},
        {"flavour", "debian"},
        {"id", "0123456789abcdef"},
        {"architecture", arm ? "aarch64" : "x86_64"},
        {"memory_mib", 512},
        {"cpus", 2},
        {"boot",
         {{"kernel", "vmlinuz"},
          {"initrd", "initrd"},
          {"command_line", commandLine},
          {"disk", {{"file", "disk.raw"}, {"format", "raw"}}}}},
        {"names",
         {{"domain", "odoo-host"},
          {"superuser", "postgres"},
          {"admin", "admin"},
          {"odoo", "odoo"},
          {"pgadmin", "pgadmin"},
          {"handyman_group", "odoo_handyman"},
          {"handyman", "jane"},
          {"odoo_database", "odoo_martel_14"},
          {"pgadmin_database", "pgadmin_data"}}},
        {"ssh",
         {{"port", 22},
          {"host_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample="},
          {"users", {{"admin", "keys/admin"}, {"jane", "keys/jane"}}}}},
        {"postgresql",
         {{"major", 17},
          {"socket_directory", "/run/postgresql"},
          {"port", 5432},
          {"data_directory", "/var/lib/postgresql/17/main"}}},
        {"services",
         {{"postgresql", service("postgresql")},
          {"odoo", service("odoo")},
          {"pgadmin", service("pgadmin")},
          {"nginx", service("nginx")}}},
        {"web",
         {{"http_port", 80},
          {"https_port", 443},
          {"ca_certificate", "ca.crt"},
          {"odoo",
           {{"path", "/"},
            {"login", "admin"},
            {"password_file", "secrets/odoo"},
            {"master_password_file", "secrets/odoo-master"}}},
          {"pgadmin", {{"path", "/pgadmin"}, {"login", "admin@odoo-host"}, {"password_file", "secrets/pgadmin"}}}}},
        {"probe", "/usr/libexec/boxtest-probe"},
        {"checksums", "checksums"},
        {"backup",
         {{"directory", "/var/backups/odoo-box"},
          {"hot", "hot.service"},
          {"cold", "cold.service"},
          {"restore", "restore@.service"},
          {"keep", 3}}},
        {"versions", {{"postgresql", "17.6"}}},
    };
    for (const char* name : {"vmlinuz", "initrd", "disk.raw", "ca.crt", "checksums", "keys/admin", "keys/jane"})
        write(name, "a stand-in\n");
    for (const std::string name : {"odoo", "odoo-master", "pgadmin"}) write("secrets/" + name, "password of " + name + "\n");
    // The permissions that a guest's build sets: ssh refuses keys that other users can read.
    for (const char* user : {"admin", "jane"})
        std::filesystem::permissions(folder() / "keys" / user,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    write(json_);
}

void FakeGuest::write(const nlohmann::json& changed) const { write("guest.json", changed.dump(2)); }

void FakeGuest::write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((folder() / name).parent_path());
    std::ofstream(folder() / name) << content;
}

}  // namespace boxtest
