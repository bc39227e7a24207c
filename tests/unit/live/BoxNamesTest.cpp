#include "live/BoxNames.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "live/LiveMachine.hpp"
#include "unit/base/ErrorOf.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The content of box.json for a Debian box that uses the policy's own names.
constexpr auto own = R"({"schema": 1, "flavour": "debian",
 "names": {"domain": "odoo-host", "superuser": "postgres", "admin": "admin", "odoo": "odoo", "pgadmin": "pgadmin",
           "handyman_group": "odoo_handyman", "handyman": "jane", "odoo_database": "odoo_martel_14", "pgadmin_database": "pgadmin"},
 "people": {"admin": "admin", "jane": "handyman"},
 "postgresql": {"major": 17, "socket_directory": "/run/postgresql", "data_directory": "/var/lib/postgresql/17/main"},
 "services": {"postgresql": {"unit": "postgresql.service", "user": "postgres", "private_paths": ["/var/lib/postgresql/17/main"]},
              "odoo": {"unit": "odoo.service", "user": "odoo", "private_paths": ["/var/lib/odoo"]},
              "pgadmin": {"unit": "pgadmin.service", "user": "pgadmin", "private_paths": ["/var/lib/pgadmin"]},
              "nginx": {"unit": "nginx.service", "user": "www-data", "private_paths": ["/etc/ssl/private/odoo-box.key"]}},
 "web": {"odoo": {"path": "/", "login": "admin"}, "pgadmin": {"path": "/pgadmin", "login": "admin@odoo-host.example"}},
 "backup": {"directory": "/var/backups/odoo-box", "hot": "odoo-box-backup-hot.service", "cold": "odoo-box-backup-cold.service",
            "restore": "odoo-box-restore@.service"}})";

class BoxNamesTest : public testing::Test {
   protected:
    BoxNames load() {
        writeFileAtomically(file_, box_.dump(), 0600);
        return BoxNames::load(file_);
    }
    std::string refusal() {
        return errorOf<UsageError>([&] { load(); });
    }

    TemporaryFolder folder_{"box"};
    std::filesystem::path file_ = folder_.path() / "box.json";
    nlohmann::json box_ = nlohmann::json::parse(own);
};

TEST_F(BoxNamesTest, NamesAndPathsAreTheMachinesAndDoorsAreBoxtests) {
    box_["names"]["handyman"] = "lee-7";
    const auto manifest = load().manifest();
    EXPECT_EQ(manifest.names.handyman, "lee-7");
    EXPECT_EQ(manifest.services.nginx.user, "www-data");
    EXPECT_EQ(manifest.postgresql.socketPath(), "/run/postgresql/.s.PGSQL.5432");
    EXPECT_EQ(manifest.ssh.port, 22);
    EXPECT_EQ(manifest.web.httpPort, 80);
    EXPECT_EQ(manifest.web.httpsPort, 443);
    EXPECT_EQ(manifest.ssh.privateKeys.size(), 2U);
}

TEST_F(BoxNamesTest, APortOrALimitOfTheMachinesOwnIsRefused) {
    box_["postgresql"]["port"] = 5433;
    EXPECT_THAT(refusal(), HasSubstr("/postgresql/port"));
    box_ = nlohmann::json::parse(own);
    box_["exposure"] = 10;
    EXPECT_THAT(refusal(), HasSubstr("/exposure"));
}

TEST_F(BoxNamesTest, ANameThatIsMoreThanANameIsRefused) {
    for (const auto* name : {"odoo'; DROP TABLE x; --", "$(id)", "-rf", "a b", "a\nb", "\"x\"", "x`id`", ""}) {
        box_ = nlohmann::json::parse(own);
        box_["names"]["odoo_database"] = name;
        EXPECT_THAT(refusal(), HasSubstr("/names/odoo_database")) << name;
    }
    box_ = nlohmann::json::parse(own);
    box_["services"]["odoo"]["private_paths"] = {"/var/lib/odoo;id"};
    EXPECT_THAT(refusal(), HasSubstr("private paths"));
    box_ = nlohmann::json::parse(own);
    box_["postgresql"]["data_directory"] = "/var/../etc";
    EXPECT_THAT(refusal(), HasSubstr("/postgresql/data_directory"));
    box_ = nlohmann::json::parse(own);
    box_["people"]["eve';id;'"] = "handyman";
    EXPECT_THAT(refusal(), HasSubstr("no name of a person"));
    box_ = nlohmann::json::parse(own);
    box_["services"]["odoo"]["unit"] = "odoo.socket";
    EXPECT_THAT(refusal(), HasSubstr("/services/odoo/unit"));
}

TEST_F(BoxNamesTest, WhatItCallsOtherwiseThanThePolicyIsTold) {
    EXPECT_THAT(load().deviations(), IsEmpty());
    box_["people"]["eve"] = "handyman";
    box_["services"]["odoo"]["user"] = "root";
    EXPECT_THAT(load().deviations(), ElementsAre("people who may log in: admin, eve, jane (the policy's own: admin, jane)",
                                                 "Odoo's OS user: root (the policy's own: odoo)"));
}

TEST_F(BoxNamesTest, AMachineInUseIsToldToAnotherProcess) {
    load();
    LiveMachine machine{.host = "box.example", .port = 2222, .box = file_, .handymanKey = "/keys/jane"};
    const auto told = folder_.path() / "live.json";
    machine.save(told);
    const auto read = LiveMachine::load(told);
    EXPECT_EQ(read.host, "box.example");
    EXPECT_EQ(read.port, 2222);
    EXPECT_EQ(read.handymanKey, "/keys/jane");
    EXPECT_EQ(read.manifest().web.caCertificate, systemAuthorities);
    EXPECT_THAT(errorOf<UsageError>([&] { LiveMachine::load(file_); }), HasSubstr("does not describe a machine in use"));
    machine.handymanKey.clear();
    EXPECT_THAT(errorOf<UsageError>([&] { machine.login("jane", "jane"); }), HasSubstr("--handyman-key"));
}

}  // namespace
}  // namespace boxtest
