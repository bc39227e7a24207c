#include "manifest/Manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "Paths.hpp"
#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Json = nlohmann::json;
using Pointer = nlohmann::json::json_pointer;

/// The error message of load(), without the file's name, after one value of a valid guest.json was replaced.
std::string complaintAbout(const FakeGuest& guest, const std::string& pointer, const Json& value) {
    auto changed = guest.json();
    changed[Pointer(pointer)] = value;
    guest.write(changed);
    auto message = errorOf<UsageError>([&] { guest.load(); });
    const auto prefix = "'" + guest.file().string() + "': ";
    EXPECT_THAT(message, StartsWith(prefix));
    return message.substr(std::min(prefix.size(), message.size()));
}

std::string complaintWithout(const FakeGuest& guest, const std::string& pointer) {
    auto changed = guest.json();
    const Pointer whole(pointer);
    changed[whole.parent_pointer()].erase(whole.back());
    guest.write(changed);
    return errorOf<UsageError>([&] { guest.load(); });
}

TEST(Manifest, LoadsEveryValue) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    EXPECT_EQ(manifest.folder, guest.folder());
    EXPECT_EQ(manifest.flavour, "debian");
    EXPECT_EQ(manifest.id, "0123456789abcdef");
    EXPECT_EQ(manifest.memoryMiB, 512);
    EXPECT_EQ(manifest.cpus, 2);
    EXPECT_EQ(manifest.boot.kernel, guest.folder() / "vmlinuz");
    EXPECT_EQ(manifest.boot.initrd, guest.folder() / "initrd");
    EXPECT_EQ(manifest.boot.commandLine, "root=/dev/vda console=ttyS0");
    EXPECT_EQ(manifest.boot.disk, guest.folder() / "disk.raw");
    EXPECT_EQ(manifest.boot.diskFormat, "raw");
    EXPECT_EQ(manifest.names.domain, "odoo-host");
    EXPECT_EQ(manifest.names.superuser, "postgres");
    EXPECT_EQ(manifest.names.admin, "admin");
    EXPECT_EQ(manifest.names.odoo, "odoo");
    EXPECT_EQ(manifest.names.pgadmin, "pgadmin");
    EXPECT_EQ(manifest.names.handymanGroup, "odoo_handyman");
    EXPECT_EQ(manifest.names.handyman, "jane");
    EXPECT_EQ(manifest.names.odooDatabase, "odoo_martel_14");
    EXPECT_EQ(manifest.names.pgadminDatabase, "pgadmin_data");
    EXPECT_EQ(manifest.ssh.port, 22);
    EXPECT_EQ(manifest.ssh.hostKey, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample=");
    EXPECT_EQ(manifest.ssh.keyOf("jane"), guest.folder() / "keys/jane");
    EXPECT_EQ(manifest.postgresql.major, 17);
    EXPECT_EQ(manifest.postgresql.socketPath(), "/run/postgresql/.s.PGSQL.5432");
    EXPECT_EQ(manifest.postgresql.dataDirectory, "/var/lib/postgresql/17/main");
    EXPECT_EQ(manifest.services.odoo.unit, "odoo.service");
    EXPECT_EQ(manifest.services.odoo.user, "odoo");
    EXPECT_THAT(manifest.services.nginx.privatePaths, ElementsAre("/var/lib/nginx"));
    EXPECT_EQ(manifest.web.httpPort, 80);
    EXPECT_EQ(manifest.web.httpsPort, 443);
    EXPECT_EQ(manifest.web.caCertificate, guest.folder() / "ca.crt");
    EXPECT_EQ(manifest.checksums, guest.folder() / "checksums");
    EXPECT_EQ(manifest.web.odoo.path, "/");
    EXPECT_EQ(manifest.web.pgadmin.login, "admin@odoo-host");
    EXPECT_EQ(manifest.backup.directory, "/var/backups/odoo-box");
    EXPECT_EQ(manifest.backup.restoreOf("latest"), "restore@latest.service");
    EXPECT_EQ(manifest.backup.keep, 3);
    EXPECT_EQ(manifest.versions.at("postgresql"), "17.6");
}

TEST(Manifest, NamesAllServices) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    std::vector<std::string> units;
    for (const Manifest::Service& service : manifest.services.all()) units.push_back(service.unit);
    EXPECT_THAT(units, ElementsAre("postgresql.service", "odoo.service", "pgadmin.service", "nginx.service"));
}

TEST(Manifest, LoadsFromTheFileAsFromTheFolder) {
    const FakeGuest guest;
    EXPECT_EQ(Manifest::load(guest.file()).folder, guest.folder());
    EXPECT_EQ(Manifest::load(guest.folder() / "").folder, guest.folder());
}

TEST(Manifest, ReadsPasswordsWithoutTheNewlineAtTheirEnd) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    EXPECT_EQ(manifest.web.odoo.password(), "password of odoo");
    EXPECT_EQ(manifest.web.odoo.masterPassword(), "password of odoo-master");
    EXPECT_EQ(errorOf<UsageError>([&] { manifest.web.pgadmin.masterPassword(); }),
              "the application at '/pgadmin' has no master password");
}

TEST(Manifest, RefusesAnEmptyPassword) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    for (const char* content : {"", "\n"}) {
        guest.write("secrets/odoo", content);
        EXPECT_EQ(errorOf<UsageError>([&] { manifest.web.odoo.password(); }),
                  "the password file '" + (guest.folder() / "secrets/odoo").string() + "' is empty");
    }
}

TEST(Manifest, SaysWhichUsersHaveAKey) {
    const FakeGuest guest;
    const auto manifest = guest.load();
    EXPECT_EQ(errorOf<UsageError>([&] { manifest.ssh.keyOf("root"); }),
              "the guest has no SSH key for 'root'; it has keys for: admin, jane");
}

TEST(Manifest, SaysThatThereIsNoFile) {
    EXPECT_EQ(errorOf<UsageError>([] { Manifest::load("/nonexistent/guest.json"); }),
              "cannot read '/nonexistent/guest.json': No such file or directory");
}

TEST(Manifest, RefusesTextThatIsNoJson) {
    const FakeGuest guest;
    guest.write("guest.json", "{ \"schema\": 1,");
    EXPECT_THAT(errorOf<UsageError>([&] { guest.load(); }),
                StartsWith("'" + guest.file().string() + "': expected JSON, found: [json.exception.parse_error"));
    guest.write("guest.json", "[1]");
    EXPECT_EQ(errorOf<UsageError>([&] { guest.load(); }), "'" + guest.file().string() + "': /: expected an object, found [1]");
}

TEST(Manifest, RefusesAKeyThatIsThereTwice) {
    const FakeGuest guest;
    auto text = guest.json().dump();
    text.insert(1, "\"cpus\": 1, ");
    guest.write("guest.json", text);
    EXPECT_THAT(errorOf<UsageError>([&] { guest.load(); }), EndsWith("the key \"cpus\" is there twice in one object"));
}

TEST(Manifest, SaysWhatWasExpectedAndWhatWasFound) {
    const FakeGuest guest;
    EXPECT_EQ(complaintAbout(guest, "/schema", 2), "/schema: expected an integer from 1 to 1, found 2");
    EXPECT_EQ(complaintAbout(guest, "/flavour", "arch"), "/flavour: expected \"debian\" or \"nixos\", found \"arch\"");
    EXPECT_EQ(complaintAbout(guest, "/shape", "arch"), "/shape: expected \"nixos\", found \"arch\"");
    EXPECT_EQ(complaintAbout(guest, "/cpus", "2"), "/cpus: expected an integer of at least 1, found \"2\"");
    EXPECT_EQ(complaintAbout(guest, "/memory_mib", 2.5), "/memory_mib: expected an integer of at least 512, found 2.5");
    EXPECT_EQ(complaintAbout(guest, "/id", "ABC"), "/id: expected 16 to 64 lower-case letters and digits, found \"ABC\"");
    EXPECT_EQ(complaintAbout(guest, "/boot", Json::array()), "/boot: expected an object, found []");
    EXPECT_EQ(complaintAbout(guest, "/boot/disk/format", "vmdk"),
              "/boot/disk/format: expected \"raw\" or \"qcow2\", found \"vmdk\"");
    EXPECT_EQ(complaintAbout(guest, "/ssh/port", 65536), "/ssh/port: expected an integer from 1 to 65535, found 65536");
    EXPECT_EQ(complaintAbout(guest, "/ssh/host_key", "ssh-rsa AAAA"),
              "/ssh/host_key: expected \"ssh-ed25519 <base64>\", found \"ssh-rsa AAAA\"");
    EXPECT_EQ(complaintAbout(guest, "/services/odoo/unit", "odoo"),
              "/services/odoo/unit: expected a unit's name that ends in .service, found \"odoo\"");
    EXPECT_EQ(complaintAbout(guest, "/services/odoo/private_paths/0", "data"),
              "/services/odoo/private_paths: expected an absolute path at [0], found \"data\"");
    EXPECT_EQ(complaintAbout(guest, "/names/admin", ""), "/names/admin: expected a text that is not empty, found \"\"");
    EXPECT_EQ(complaintAbout(guest, "/probe", "probe"), "/probe: expected an absolute path, found \"probe\"");
    EXPECT_EQ(complaintAbout(guest, "/versions/odoo", 19), "/versions/odoo: expected a text, found 19");
    EXPECT_EQ(complaintAbout(guest, "/versions", Json::object()), "/versions: expected at least one key, found {}");
}

TEST(Manifest, EscapesPointersAsJsonPointerDoes) {
    const FakeGuest guest;
    EXPECT_THAT(complaintAbout(guest, "/ssh/users/a~1b", 1), StartsWith("/ssh/users/a~1b: expected a file"));
}

TEST(Manifest, RefusesFilesThatAreMissingOrElsewhere) {
    const FakeGuest guest;
    EXPECT_EQ(complaintAbout(guest, "/boot/kernel", "no-such-kernel"),
              "/boot/kernel: expected a file, found \"no-such-kernel\", and '" + (guest.folder() / "no-such-kernel").string() +
                  "' is not there");
    EXPECT_EQ(complaintAbout(guest, "/boot/kernel", "keys"),
              "/boot/kernel: expected a file, found \"keys\", and '" + (guest.folder() / "keys").string() + "' is no file");
    for (const char* outside : {"/etc/passwd", "../vmlinuz", "keys/../../x"}) {
        EXPECT_EQ(complaintAbout(guest, "/boot/kernel", outside),
                  std::string("/boot/kernel: expected a file in the guest's folder (relative, without '..'), found \"") +
                      outside + "\"");
    }
}

TEST(Manifest, RefusesUnknownKeysNamingTheKnownOnes) {
    const FakeGuest guest;
    EXPECT_EQ(complaintAbout(guest, "/boot/disk/size", 8),
              "/boot/disk/size: expected one of file format, found an unknown key (8)");
}

/// Authors of guests read the schema: loader and schema must agree.
struct SchemaWalk {
    const FakeGuest& guest;
    Json schema;

    void visit(const Json& of, const std::string& pointer) {
        const auto node = resolve(of);
        if (node.value("type", "") != "object") return;
        for (const auto& key : node.value("required", Json::array())) {
            const auto whole = pointer + "/" + key.get<std::string>();
            EXPECT_THAT(complaintWithout(guest, whole), HasSubstr(whole + ": expected"));
        }
        if (node.contains("properties") && node.value("additionalProperties", Json(true)) == false) {
            EXPECT_THAT(complaintAbout(guest, pointer + "/unheard_of", 1), StartsWith(pointer + "/unheard_of: expected one of"));
        }
        const auto properties = node.value("properties", Json::object());
        for (const auto& [key, child] : properties.items()) {
            const auto whole = pointer + "/" + key;
            if (!guest.json().contains(Pointer(whole))) continue;
            EXPECT_THAT(complaintAbout(guest, whole, Json(nullptr)), StartsWith(whole + ": expected"));
            visit(child, whole);
        }
    }

    Json resolve(Json node) const {
        if (node.contains("allOf")) {
            Json all = Json::object();
            for (const auto& part : node["allOf"]) {
                auto one = resolve(part);
                if (one.contains("required") && all.contains("required")) {
                    one["required"].insert(one["required"].end(), all["required"].begin(), all["required"].end());
                }
                all.update(one);
            }
            return all;
        }
        return node.contains("$ref") ? schema.at(Pointer(node["$ref"].get<std::string>().substr(1))) : node;
    }
};

TEST(Manifest, IsAsStrictAsItsSchema) {
    std::ifstream stream(paths::source("docs/guest.schema.json"));
    const auto schema = Json::parse(stream);
    const FakeGuest guest;
    SchemaWalk{guest, schema}.visit(schema, "");
}

}  // namespace
}  // namespace boxtest
