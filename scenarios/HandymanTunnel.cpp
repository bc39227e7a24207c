#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"

namespace boxtest {
namespace {

class HandymanTunnel : public Scenario {};

SCENARIO(HandymanTunnel, SheIsHerselfInTheOdooDatabase, Effect::reads, .handyman = true) {
    auto database = guest().database(names().handyman, names().handyman, names().odooDatabase);
    const auto row =
        database.execute("SELECT session_user, current_user, current_database(), inet_client_addr() IS NULL AS socket");
    ASSERT_EQ(row.size(), 1);
    EXPECT_EQ(row[0]["session_user"].as<std::string>(), names().handyman);
    EXPECT_EQ(row[0]["current_user"].as<std::string>(), names().handyman);
    EXPECT_EQ(row[0]["current_database"].as<std::string>(), names().odooDatabase);
    EXPECT_TRUE(row[0]["socket"].as<bool>());
}

SCENARIO(HandymanTunnel, AnotherRoleThroughHerTunnelIsRefused, Effect::reads, .handyman = true) {
    ASSERT_TRUE(guest().attemptConnect(names().handyman, names().handyman, names().odooDatabase).succeeded())
        << "not even her own role works";
    Facts facts;
    for (const auto& role : {names().admin, names().superuser, names().odoo, names().pgadmin, names().handymanGroup}) {
        facts.expect(
            refusedWith(sqlstate::invalidAuthorization, guest().attemptConnect(names().handyman, role, names().odooDatabase)),
            "role " + role);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(HandymanTunnel, AnotherDatabaseThroughHerTunnelIsRefused, Effect::reads, .handyman = true) {
    ASSERT_TRUE(guest().attemptConnect(names().handyman, names().handyman, names().odooDatabase).succeeded())
        << "not even the Odoo database works";
    Facts facts;
    for (const auto& database : {std::string("postgres"), std::string("template1"), names().pgadminDatabase}) {
        facts.expect(
            refusedWith(sqlstate::invalidAuthorization, guest().attemptConnect(names().handyman, names().handyman, database)),
            "database " + database);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(HandymanTunnel, HerRoleIsWhatTheDocumentedStatementMakes, Effect::reads) {
    auto admin = guest().adminDatabase("postgres");
    const auto role = admin.execute(
        "SELECT rolcanlogin AND rolinherit AS ordinary, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR "
        "rolbypassrls AS special, rolconnlimit, rolvaliduntil, rolconfig FROM pg_roles WHERE rolname = $1",
        names().handyman);
    ASSERT_EQ(role.size(), 1) << "there is no role '" << names().handyman << "'";
    EXPECT_TRUE(role[0]["ordinary"].as<bool>());
    EXPECT_FALSE(role[0]["special"].as<bool>());
    EXPECT_EQ(role[0]["rolconnlimit"].as<int>(), -1);
    EXPECT_TRUE(role[0]["rolvaliduntil"].isNull());
    EXPECT_TRUE(role[0]["rolconfig"].isNull()) << role[0]["rolconfig"].as<std::string>("");
    EXPECT_THAT(
        column(admin,
               "SELECT g.rolname FROM pg_auth_members JOIN pg_roles g ON g.oid = roleid JOIN pg_roles m ON m.oid = member WHERE "
               "m.rolname = " +
                   quoteText(names().handyman)),
        testing::ElementsAre(names().pgadmin))
        << "CREATE ROLE ... LOGIN IN ROLE " << names().pgadmin << " makes her a member of exactly that";
}

SCENARIO(HandymanTunnel, SshGivesHerTunnelsToTheBoxAndNoneFromIt, Effect::reads) {
    // Uses the binary of the running sshd: -T shows the settings that apply to her.
    const auto config = keyValues(guest().factsAsRoot(fmt::format(R"sh(
for process in /proc/[0-9]*; do
  exe=$(readlink "$process/exe") || continue
  case $exe in */sshd) sshd=$exe; break;; esac
done
"$sshd" -T -C user={},host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport={})sh",
                                                                  Session::quote(names().handyman), manifest().ssh.port)),
                                  ' ');
    ASSERT_TRUE(config.contains("allowstreamlocalforwarding"));
    EXPECT_THAT(config.at("allowstreamlocalforwarding"), testing::AnyOf("yes", "local", "all"))
        << "without it the documented tunnel cannot work";
    EXPECT_EQ(config.at("permitopen"), "[" + manifest().postgresql.socketPath() + "]:*")
        << "she reaches whatever listens on loopback, and sockets that are not PostgreSQL's";
    EXPECT_EQ(config.at("gatewayports"), "no") << "others could use a tunnel's end on the machine";
    EXPECT_EQ(config.at("streamlocalbindunlink"), "no") << "a tunnel could replace somebody else's socket";
    EXPECT_EQ(config.at("permittunnel"), "no");
    EXPECT_EQ(config.at("x11forwarding"), "no");
    EXPECT_EQ(config.at("allowagentforwarding"), "no");
    EXPECT_EQ(config.at("permituserenvironment"), "no");
}

}  // namespace
}  // namespace boxtest
