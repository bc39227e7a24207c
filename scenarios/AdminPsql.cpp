#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Scenario.hpp"
#include "Sections.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

class AdminPsql : public Scenario {
   protected:
    /// The documented commands, literally: ssh admin@odoo-host, then sudo -u postgres psql. psql connects to the database with
    /// the superuser's name; if that is not postgres, there is no such database.
    static CommandResult psqlAsSuperuser(const std::string& arguments, const std::string& sql) {
        const std::string database = names().superuser == "postgres" ? "" : "-d postgres ";
        return guest()
            .session(names().admin)
            .run("sudo -u " + Session::quote(names().superuser) + " psql " + database + arguments, {.input = sql});
    }
};

SCENARIO(AdminPsql, SudoToTheSuperuserOpensPsql, Effect::reads) {
    const auto answer = psqlAsSuperuser(
        "-XAtq", "SELECT session_user, current_setting('is_superuser'), inet_client_addr() IS NULL, current_database();");
    ASSERT_TRUE(answer.succeeded()) << answer.describe();
    EXPECT_EQ(answer.out, names().superuser + "|on|t|postgres\n");
}

SCENARIO(AdminPsql, ThatPsqlReachesEveryDatabase, Effect::reads) {
    std::string sql;
    for (const auto& database : {names().odooDatabase, names().pgadminDatabase, std::string("template1")}) {
        sql +=
            fmt::format("\\connect -reuse-previous=on dbname={0}\nSELECT current_database() = {0}, count(*) > 0 FROM pg_class;\n",
                        quoteText(database));
    }
    const auto answer = psqlAsSuperuser("-XAtq -v ON_ERROR_STOP=1", sql);
    ASSERT_TRUE(answer.succeeded()) << answer.describe();
    EXPECT_EQ(answer.out, "t|t\nt|t\nt|t\n") << answer.describe();
}

SCENARIO(AdminPsql, ThatPsqlMayMaintainAndChange, Effect::rollsBack) {
    const auto answer = psqlAsSuperuser(
        "-XAtq -v ON_ERROR_STOP=1 -d " + Session::quote(names().odooDatabase),
        "BEGIN; CREATE ROLE boxtest_role; CREATE TABLE public.boxtest_table (n int); INSERT INTO public.boxtest_table VALUES "
        "(1); SELECT count(*) FROM public.boxtest_table; ROLLBACK;\n"
        "SELECT count(*) FROM pg_roles WHERE rolname = 'boxtest_role';");
    ASSERT_TRUE(answer.succeeded()) << answer.describe();
    EXPECT_EQ(answer.out, "1\n0\n") << "work in a transaction, and nothing left of it";
}

SCENARIO(AdminPsql, WithoutSudoPsqlOpensAsTheAdmin, Effect::reads) {
    const auto answer = guest()
                            .session(names().admin)
                            .run("psql -XAtq -d postgres", {.input = "SELECT session_user, current_setting('is_superuser');"});
    ASSERT_TRUE(answer.succeeded()) << answer.describe();
    EXPECT_EQ(answer.out, names().admin + "|on\n");
}

SCENARIO(AdminPsql, WithoutSudoTheAdminIsNotTheSuperuser, Effect::reads) {
    ASSERT_TRUE(postgresqlLives());
    const auto answer =
        guest().session(names().admin).run({"psql", "-XAtq", "-U", names().superuser, "-d", "postgres", "-c", "SELECT 'inside'"});
    // psql's exit status for a failed connection; PeerAuth and AdminTunnel check its SQLSTATE.
    EXPECT_EQ(answer.exitStatus, 2) << answer.describe();
    EXPECT_EQ(answer.out, "");
}

SCENARIO(AdminPsql, TheHandymanHasNoSudoToTheSuperuser, Effect::reads, .handyman = true) {
    ASSERT_TRUE(postgresqlLives());
    const auto positive = guest().session(names().admin).run({"sudo", "-n", "-u", names().superuser, "id", "-un"});
    ASSERT_EQ(positive.out, names().superuser + "\n") << "not even the admin's sudo works: " << positive.describe();
    const auto answer =
        guest().session(names().handyman).run({"sudo", "-n", "-u", names().superuser, "psql", "-XAtqc", "SELECT 'inside'"});
    EXPECT_FALSE(answer.succeeded()) << answer.describe();
    EXPECT_EQ(answer.out, "");
}

SCENARIO(AdminPsql, NothingThatTheDocumentedPsqlReadsIsAnybodyElses, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    // Without -X, psql reads the machine's and the superuser's psqlrc; before that, the shell reads profiles and the loader
    // libraries.
    EXPECT_THAT(Survey::ofConfiguration(guest()).findings(), testing::IsEmpty());
}

SCENARIO(AdminPsql, EveryProgramOnTheWayIsTheOneThatWasBuilt, Effect::reads,
         .notLive = "it needs the checksums that the guest's builder recorded") {
    // Compares psql, sudo, systemctl, the shell, PAM's modules and all their libraries with the checksums of the guest's builder.
    EXPECT_THAT(Survey::ofPrograms(guest(), {"commands"}).findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
