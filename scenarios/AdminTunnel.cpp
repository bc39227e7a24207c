#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "Facts.hpp"
#include "ProcNet.hpp"
#include "Scenario.hpp"

namespace boxtest {
namespace {

class AdminTunnel : public Scenario {};

SCENARIO(AdminTunnel, TheAdminIsASuperuserWithAllSixAttributes, Effect::reads) {
    auto database = guest().adminDatabase("postgres");
    const auto row = database.execute(
        "SELECT session_user, current_user, rolsuper, rolcreatedb, rolcreaterole, rolinherit, rolreplication, rolbypassrls, "
        "rolcanlogin FROM pg_roles "
        "WHERE rolname = session_user");
    ASSERT_EQ(row.size(), 1);
    EXPECT_EQ(row[0]["session_user"].as<std::string>(), names().admin);
    EXPECT_EQ(row[0]["current_user"].as<std::string>(), names().admin);
    Facts attributes;
    for (const auto* attribute :
         {"rolsuper", "rolcreatedb", "rolcreaterole", "rolinherit", "rolreplication", "rolbypassrls", "rolcanlogin"}) {
        attributes.expect(row[0][attribute].as<bool>(), attribute);
    }
    EXPECT_TRUE(attributes.hold());
}

SCENARIO(AdminTunnel, TheServerSeesAUnixSocket, Effect::reads) {
    auto database = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(database, "SELECT inet_client_addr() IS NULL AND inet_client_port() IS NULL AND inet_server_addr() IS NULL"),
              "t");
    EXPECT_EQ(single(database, "SELECT client_port FROM pg_stat_activity WHERE pid = pg_backend_pid()"), "-1");
}

SCENARIO(AdminTunnel, EveryDatabaseIsOpenToTheAdmin, Effect::reads) {
    auto first = guest().adminDatabase("postgres");
    const auto databases = column(first, "SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1");
    EXPECT_THAT(databases, testing::IsSupersetOf({names().odooDatabase, names().pgadminDatabase, std::string("postgres")}));
    for (const auto& name : databases) {
        auto database = guest().adminDatabase(name);
        EXPECT_EQ(single(database, "SELECT current_database()"), name);
    }
}

SCENARIO(AdminTunnel, TheDocumentedLocalPortWorksAndIsBoundToLoopbackOnly, Effect::reads) {
    auto tunnel = Tunnel::toUnixSocket(guest().session(names().admin), manifest().postgresql.socketPath(), LocalTcp{});
    auto database = Database::connect(Endpoint::of(tunnel), names().admin, "postgres", Deadline::in(std::chrono::minutes(2)),
                                      guest().failure());
    EXPECT_EQ(single(database, "SELECT session_user"), names().admin);
    EXPECT_EQ(single(database, "SELECT inet_client_addr() IS NULL"), "t")
        << "in the guest the connection must come from the socket";
    std::stringstream tables;
    for (const auto* file : {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
        std::ifstream table(file);
        if (table) tables << table.rdbuf();
    }
    std::vector<std::string> bound;
    for (const auto& socket : parseProcNet(tables.str())) {
        if (socket.listening && socket.port == tunnel.port()) bound.push_back(socket.address);
    }
    EXPECT_THAT(bound, testing::ElementsAre("127.0.0.1"));
}

SCENARIO(AdminTunnel, AnotherRoleThroughTheSameTunnelIsRefused, Effect::reads) {
    ASSERT_TRUE(postgresqlLives());
    Facts facts;
    for (const auto& role : {names().superuser, names().odoo, names().pgadmin, names().handyman, names().handymanGroup}) {
        facts.expect(
            refusedWith(sqlstate::invalidAuthorization, guest().attemptConnect(names().admin, role, names().odooDatabase)),
            "role " + role);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(AdminTunnel, TheAdminMakesAndDropsRolesAndDatabases, Effect::rollsBack) {
    auto database = guest().adminDatabase("postgres");
    // Exists only if an earlier run was killed in the middle.
    database.execute("DROP DATABASE IF EXISTS boxtest_made");
    EXPECT_TRUE(worked(database.attempt("CREATE DATABASE boxtest_made TEMPLATE template0")));
    EXPECT_EQ(single(database, "SELECT count(*) FROM pg_database WHERE datname = 'boxtest_made'"), "1");
    EXPECT_TRUE(worked(database.attempt("DROP DATABASE boxtest_made")));
    EXPECT_EQ(single(database, "SELECT count(*) FROM pg_database WHERE datname = 'boxtest_made'"), "0");
    database.begin();
    EXPECT_TRUE(worked(database.attempt("CREATE ROLE boxtest_role LOGIN")));
    EXPECT_TRUE(worked(database.attempt("GRANT " + quoteName(names().handymanGroup) + " TO boxtest_role")));
    database.rollback();
    EXPECT_EQ(single(database, "SELECT count(*) FROM pg_roles WHERE rolname = 'boxtest_role'"), "0");
}

}  // namespace
}  // namespace boxtest
