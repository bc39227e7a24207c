/// The known gap of the documented statement, CREATE ROLE ... IN ROLE pgadmin, with all its effects; and the group role that
/// closes it.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "HandymanNothingElse.hpp"
#include "PeerRelay.hpp"

namespace boxtest {
namespace {

// If a scenario of the known gap fails, the gap is not as described any more: the documentation has to be changed.

std::string pgadminDatabase(const Manifest::Names& names) { return quoteName(names.pgadminDatabase); }

SCENARIO(HandymanNothingElse, KnownGapSheAltersAndDropsPgadminsDatabase, Effect::changes) {
    knownGap("IN ROLE " + names().pgadmin + " lets her alter and drop the pgAdmin database, which that role owns");
    auto admin = guest().adminDatabase("postgres");
    const auto limit = "SELECT datconnlimit FROM pg_database WHERE datname = " + quoteText(names().pgadminDatabase);
    ASSERT_EQ(single(admin, limit), "-1");
    EXPECT_TRUE(worked(database().attempt("ALTER DATABASE " + pgadminDatabase(names()) + " CONNECTION LIMIT 100")));
    EXPECT_EQ(single(admin, limit), "100");
    EXPECT_TRUE(worked(database().attempt("ALTER DATABASE " + pgadminDatabase(names()) + " CONNECTION LIMIT -1")));
    // pg_hba.conf still keeps her out of the database itself; and the new owner must be a role that may create databases.
    EXPECT_TRUE(refusedWith(sqlstate::invalidAuthorization,
                            guest().attemptConnect(names().handyman, names().handyman, names().pgadminDatabase)));
    for (const auto& statement : {"REASSIGN OWNED BY " + quoteName(names().pgadmin) + " TO " + quoteName(names().handyman),
                                  "ALTER DATABASE " + pgadminDatabase(names()) + " OWNER TO " + quoteName(names().handyman)})
        EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database().attempt(statement))) << statement;
    if (hasOwnMachine()) {
        // WITH (FORCE) is refused while an autovacuum worker, which belongs to no role, is in the database. A plain DROP ends the
        // worker, but pgAdmin's sessions have to be ended first.
        EXPECT_TRUE(
            worked(database().attempt("SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = " +
                                      quoteText(names().pgadminDatabase) + " AND usename = " + quoteText(names().pgadmin))));
        EXPECT_TRUE(worked(database().attempt("DROP DATABASE " + pgadminDatabase(names()))));
        EXPECT_EQ(single(admin, "SELECT count(*) FROM pg_database WHERE datname = " + quoteText(names().pgadminDatabase)), "0");
    } else {
        // Only an open connection prevents the DROP.
        auto inside = guest().adminDatabase(names().pgadminDatabase);
        EXPECT_TRUE(refusedWith(sqlstate::objectInUse, database().attempt("DROP DATABASE " + pgadminDatabase(names()))));
    }
}

SCENARIO(HandymanNothingElse, KnownGapSheBecomesPgadmin, Effect::reads, .handyman = true) {
    knownGap("IN ROLE " + names().pgadmin + " lets her SET ROLE " + names().pgadmin);
    EXPECT_TRUE(worked(database().attempt("SET ROLE " + quoteName(names().pgadmin))));
    EXPECT_EQ(single(database(), "SELECT current_user"), names().pgadmin);
}

SCENARIO(HandymanNothingElse, KnownGapSheEndsPgadminsSessions, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    knownGap("IN ROLE " + names().pgadmin + " lets her end the sessions of that role");
    PeerRelay relay(guest(), names().pgadmin);
    auto pgadmin = relay.database(names().pgadminDatabase);
    EXPECT_EQ(single(database(), fmt::format("SELECT pg_terminate_backend({}, 30000)", pgadmin.backendPid())), "t");
    EXPECT_EQ(single(database(), fmt::format("SELECT count(*) FROM pg_stat_activity WHERE pid = {}", pgadmin.backendPid())), "0");
}

SCENARIO(HandymanNothingElse, KnownGapSheReadsEverybodysStatistics, Effect::reads, .handyman = true) {
    knownGap("IN ROLE " + names().pgadmin + " lets her read what everybody runs, by pg_read_all_stats");
    auto admin = guest().adminDatabase("postgres");
    admin.execute("SELECT 'the admin was here'");
    EXPECT_EQ(single(database(), fmt::format("SELECT query FROM pg_stat_activity WHERE pid = {}", admin.backendPid())),
              "SELECT 'the admin was here'");
}

SCENARIO(HandymanNothingElse, KnownGapSheChangesPgadminsRole, Effect::rollsBack,
         .notLive = "if it were not refused, the server would do it to everybody") {
    knownGap("IN ROLE " + names().pgadmin + " lets her give that role a password and settings");
    auto admin = guest().adminDatabase("postgres");
    const auto role = quoteName(names().pgadmin);
    EXPECT_TRUE(worked(database().attempt("SET ROLE " + role)));
    EXPECT_TRUE(worked(database().attempt("ALTER ROLE " + role + " PASSWORD 'hers'")));
    // With this setting, pgAdmin cannot write any more, and does not start.
    EXPECT_TRUE(worked(database().attempt("ALTER ROLE " + role + " SET default_transaction_read_only = on")));
    EXPECT_EQ(single(admin, "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = " + quoteText(names().pgadmin)), "t");
    EXPECT_EQ(single(admin, "SELECT rolconfig::text FROM pg_roles WHERE rolname = " + quoteText(names().pgadmin)),
              "{default_transaction_read_only=on}");
    admin.execute("ALTER ROLE " + role + " PASSWORD NULL");
    admin.execute("ALTER ROLE " + role + " RESET ALL");
}

SCENARIO(HandymanNothingElse, KnownGapSheSaysWhoEntersPgadminsDatabaseAndWithWhatSettings, Effect::rollsBack,
         .notLive = "if it were not refused, the server would do it to everybody") {
    knownGap("IN ROLE " + names().pgadmin + " lets her grant rights on that role's database, give it settings and a comment");
    auto admin = guest().adminDatabase("postgres");
    const auto name = pgadminDatabase(names());
    const auto about = [&](const std::string& what) {
        return single(admin, "SELECT " + what + " FROM pg_database d WHERE datname = " + quoteText(names().pgadminDatabase));
    };
    EXPECT_TRUE(worked(database().attempt("GRANT CONNECT ON DATABASE " + name + " TO PUBLIC")));
    EXPECT_TRUE(worked(database().attempt("ALTER DATABASE " + name + " SET default_transaction_read_only = on")));
    EXPECT_TRUE(worked(database().attempt("COMMENT ON DATABASE " + name + " IS 'hers'")));
    EXPECT_EQ(about("has_database_privilege('public', d.oid, 'CONNECT')"), "t");
    EXPECT_EQ(about("(SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0)"),
              "{default_transaction_read_only=on}");
    EXPECT_EQ(about("shobj_description(d.oid, 'pg_database')"), "hers");
    // pg_hba.conf still keeps all others out.
    EXPECT_TRUE(refusedWith(sqlstate::invalidAuthorization,
                            guest().attemptConnect(names().handyman, names().handyman, names().pgadminDatabase)));
    admin.execute("REVOKE CONNECT ON DATABASE " + name + " FROM PUBLIC");
    admin.execute("ALTER DATABASE " + name + " RESET ALL");
    admin.execute("COMMENT ON DATABASE " + name + " IS NULL");
}

/// Recreates the handyman with the recommended statement; on a shared machine, recreates her with the documented one at the end.
class RecommendedHandyman {
   public:
    RecommendedHandyman(RunningGuest& guest, bool takeBack) : guest_(guest), takeBack_(takeBack) {
        make("; GRANT " + quoteName(guest.names().handymanGroup) + " TO " + quoteName(guest.names().handyman) +
             " WITH INHERIT TRUE, SET FALSE");
    }
    RecommendedHandyman(const RecommendedHandyman&) = delete;
    RecommendedHandyman& operator=(const RecommendedHandyman&) = delete;
    ~RecommendedHandyman() {
        if (!takeBack_) return;
        try {
            make(" IN ROLE " + quoteName(guest_.names().pgadmin));
        } catch (const std::exception& error) {
            ADD_FAILURE() << "cannot make the handyman as she was: " << error.what();
        }
    }

   private:
    void make(const std::string& member) {
        const auto role = quoteName(guest_.names().handyman);
        guest_.adminDatabase("postgres").execute(fmt::format("DROP ROLE {0}; CREATE ROLE {0} LOGIN{1}", role, member));
    }

    RunningGuest& guest_;
    bool takeBack_;
};

SCENARIO(HandymanNothingElse, TheGroupRoleHasNoneOfThoseGapsAndGivesTheSameRows, Effect::changes) {
    disconnect();
    const RecommendedHandyman recommended(guest(), !hasOwnMachine());
    auto her = guest().database(names().handyman, names().handyman, names().odooDatabase);
    auto admin = guest().adminDatabase("postgres");
    admin.execute("SELECT 'the admin was here'");
    PeerRelay relay(guest(), names().pgadmin);
    auto pgadmin = relay.database(names().pgadminDatabase);

    EXPECT_TRUE(
        worked(her.attempt("INSERT INTO ir_config_parameter (key, value) VALUES ('boxtest.group', 'one'); "
                           "UPDATE ir_config_parameter SET value = 'two' WHERE key = 'boxtest.group'")));
    EXPECT_EQ(single(her, "DELETE FROM ir_config_parameter WHERE key = 'boxtest.group' RETURNING value"), "two");
    EXPECT_GT(std::stoi(single(her, "SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id")), 0);

    Facts facts;
    for (const auto& statement : {
             "ALTER DATABASE " + pgadminDatabase(names()) + " CONNECTION LIMIT 100",
             "DROP DATABASE " + pgadminDatabase(names()),
             "SET ROLE " + quoteName(names().pgadmin),
             "SET ROLE " + quoteName(names().odoo),
             // Otherwise she could set a password and settings for the role of all handymen.
             "SET ROLE " + quoteName(names().handymanGroup),
             "ALTER ROLE " + quoteName(names().handymanGroup) + " PASSWORD 'hers'",
             "ALTER ROLE " + quoteName(names().handymanGroup) + " SET work_mem = '1GB'",
             "REASSIGN OWNED BY " + quoteName(names().pgadmin) + " TO " + quoteName(names().handyman),
             "GRANT CONNECT ON DATABASE " + pgadminDatabase(names()) + " TO PUBLIC",
             "COMMENT ON DATABASE " + pgadminDatabase(names()) + " IS 'hers'",
             fmt::format("SELECT pg_terminate_backend({})", pgadmin.backendPid()),
             std::string("TRUNCATE res_users"),
         })
        facts.expect(refusedWith(sqlstate::insufficientPrivilege, her.attempt(statement)), statement);
    facts.equal(std::string("<insufficient privilege>"),
                single(her, fmt::format("SELECT query FROM pg_stat_activity WHERE pid = {}", admin.backendPid())),
                "what the admin runs");
    for (const auto& name : {std::string("postgres"), std::string("template1"), names().pgadminDatabase})
        facts.expect(
            refusedWith(sqlstate::invalidAuthorization, guest().attemptConnect(names().handyman, names().handyman, name)),
            "database " + name);
    EXPECT_TRUE(facts.hold());
    EXPECT_EQ(single(pgadmin, "SELECT current_user"), names().pgadmin) << "pgAdmin's session is alive";
}

}  // namespace
}  // namespace boxtest
