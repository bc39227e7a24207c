#include "PrivilegeMatrix.hpp"

#include <gmock/gmock.h>

#include "EmbeddedTexts.hpp"
#include "MadeUpNames.hpp"
#include "base/RunProgram.hpp"
#include "integration/LocalPostgres.hpp"

namespace boxtest::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A cluster to which the product's roles.sql is applied, with some tables that the application roles created.
class PrivilegeMatrixOfACluster : public ::testing::Test {
   protected:
    void SetUp() override {
        applyRoles();
        run("postgres", "CREATE ROLE lee LOGIN IN ROLE pgadmin");
        run("Odoo-Martel.14",
            "SET SESSION AUTHORIZATION erp; CREATE TABLE res_users (id serial PRIMARY KEY, login text); CREATE TABLE res_partner "
            "(id "
            "serial PRIMARY KEY, user_id int REFERENCES res_users); CREATE TABLE res_company (id serial PRIMARY KEY); CREATE "
            "TABLE res_bank (id int); CREATE TABLE res_lang (id int)");
        run("pgadmin", "SET SESSION AUTHORIZATION pgadmin; CREATE TABLE setting (id serial)");
    }

    void applyRoles() {
        const auto applied = runProgram({"psql", "-XqAt",
                                         "-h",   postgres_.endpoint().host,
                                         "-d",   "postgres",
                                         "-v",   "admin_role=dbadmin",
                                         "-v",   "odoo_role=erp",
                                         "-v",   "odoo_db=Odoo-Martel.14",
                                         "-v",   "pgadmin_role=pgadmin",
                                         "-v",   "pgadmin_db=pgadmin",
                                         "-v",   "handyman_role=fixers",
                                         "-f",   "-"},
                                        Deadline::in(std::chrono::minutes(2)), {.input = std::string(embeddedText("roles.sql"))});
        ASSERT_TRUE(applied.succeeded()) << applied.describe();
    }
    void run(const std::string& database, const std::string& sql) {
        // roles.sql reduces a superuser's search_path to PostgreSQL's own schema.
        auto connection = postgres_.connect(database);
        connection.execute("SET search_path = public");
        connection.execute(sql);
    }
    PrivilegeMatrix matrix() {
        return PrivilegeMatrix::read([&](const std::string& name) { return postgres_.connect(name); }, names());
    }
    Manifest::Names names() const { return madeUpNames(postgres_.superuser()); }

   private:
    LocalPostgres postgres_;
};

TEST_F(PrivilegeMatrixOfACluster, IsTheSameWhoeverTheNamesBelongToAndWhenRolesSqlIsAppliedAgain) {
    const auto before = matrix();
    EXPECT_THAT(before.text(), HasSubstr("cluster | owner | database {odooDatabase} | {odoo} | -\n"));
    EXPECT_THAT(before.text(), HasSubstr("cluster | owner | database {pgadminDatabase} | {pgadmin} | -\n"));
    EXPECT_THAT(
        before.text(),
        HasSubstr("{odooDatabase} | rule | every table of {odoo} in schema public | {handymanGroup} | DELETE, INSERT, SELECT, "
                  "UPDATE\n"));
    applyRoles();
    EXPECT_THAT(matrix().differencesTo(before, names()), IsEmpty());
}

TEST_F(PrivilegeMatrixOfACluster, NoticesEachSabotage) {
    struct Sabotage {
        const char* database;
        const char* sql;
        const char* line;  ///< Part of the expected difference.
    };
    const std::string odoo = "Odoo-Martel.14";
    auto before = matrix();
    for (const auto& [database, sql, line] : std::initializer_list<Sabotage>{
             {"postgres", "ALTER ROLE lee SUPERUSER", "+ cluster | role | - | lee | LOGIN, SUPERUSER"},
             {"postgres", "ALTER ROLE pgadmin CREATEROLE", "+ cluster | role | - | pgadmin | LOGIN, CREATEROLE"},
             {"postgres", "ALTER ROLE erp PASSWORD 'x'", "+ cluster | role | - | erp | LOGIN, PASSWORD"},
             {"postgres", "CREATE ROLE stranger LOGIN", "+ cluster | role | - | stranger | LOGIN"},
             {"postgres", "CREATE ROLE \"{odoo}\" LOGIN", "+ cluster | role | - | <odoo> | LOGIN"},
             {"postgres", "GRANT erp TO lee", "+ cluster | member | of erp | lee | INHERIT, SET"},
             {"postgres", "GRANT pg_signal_backend TO pgadmin", "+ cluster | member | of pg_signal_backend | pgadmin"},
             {"postgres", "ALTER ROLE pgadmin SET session_replication_role = replica",
              "+ cluster | setting | in database * | pgadmin | session_replication_role=replica"},
             {"postgres", "ALTER DATABASE \"Odoo-Martel.14\" SET search_path = evil",
              "+ cluster | setting | in database Odoo-Martel.14 | * | search_path=evil"},
             {"postgres", "ALTER ROLE dbadmin RESET search_path", "- cluster | setting | in database * | dbadmin | search_path"},
             {"postgres", "GRANT CONNECT ON DATABASE pgadmin TO PUBLIC",
              "+ cluster | revoked | database pgadmin | {public} | TEMPORARY"},
             {"postgres", "ALTER DATABASE pgadmin OWNER TO erp", "+ cluster | owner | database pgadmin | erp"},
             {"postgres", "CREATE DATABASE stranger", "+ cluster | owner | database stranger | "},
             {"postgres", "GRANT SELECT ON pg_authid TO fixers", "+ postgres | grant | table pg_authid | fixers | SELECT"},
             {"postgres", "GRANT SELECT (rolpassword) ON pg_authid TO fixers",
              "+ postgres | grant | column rolpassword of table pg_authid | fixers | SELECT"},
             {"postgres", "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO erp",
              "+ postgres | grant | function pg_read_file(text) | erp"},
             {"template1", "GRANT CREATE ON SCHEMA public TO PUBLIC", "+ template1 | grant | schema public | {public} | CREATE"},
             {"template1", "SELECT lo_create(4711)", "+ template1 | owner | large object 4711"},
             {"template1", "GRANT UPDATE ON information_schema.sql_features TO PUBLIC",
              "+ template1 | grant | table information_schema.sql_features | {public} | SELECT, UPDATE"},
             {"odoo", "GRANT TRUNCATE ON res_users TO lee",
              "+ Odoo-Martel.14 | beyond the rule | table public.res_users | lee | TRUNCATE"},
             {"odoo", "REVOKE DELETE ON res_partner FROM fixers",
              "+ Odoo-Martel.14 | short of the rule | table public.res_partner | fixers | DELETE"},
             {"odoo", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC",
              "+ Odoo-Martel.14 | rule | every table of erp in schema public | {public} | SELECT"},
             {"odoo", "GRANT USAGE ON SEQUENCE res_users_id_seq TO lee WITH GRANT OPTION",
              "+ Odoo-Martel.14 | beyond the rule | sequence public.res_users_id_seq | lee | USAGE WITH GRANT OPTION"},
             {"odoo", "GRANT UPDATE (login) ON res_users TO stranger",
              "+ Odoo-Martel.14 | grant | column login of table public.res_users | stranger | UPDATE"},
             {"odoo", "ALTER DEFAULT PRIVILEGES FOR ROLE erp IN SCHEMA public REVOKE DELETE ON TABLES FROM fixers",
              "- Odoo-Martel.14 | default | table that erp makes in schema public | fixers | DELETE, INSERT, SELECT, UPDATE"},
             {"odoo", "ALTER DEFAULT PRIVILEGES FOR ROLE erp REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
              "+ Odoo-Martel.14 | default revoked | function that erp makes anywhere | {public} | EXECUTE"},
             {"odoo",
              "CREATE FUNCTION public.rootsql(q text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'begin execute q; end'",
              " | SECURITY DEFINER, plpgsql"},
             {"odoo", "CREATE TABLE public.foreigner (n int)", "+ Odoo-Martel.14 | owner | table public.foreigner | "},
             {"odoo", "ALTER TABLE res_company OWNER TO lee", "+ Odoo-Martel.14 | owner | table public.res_company | lee"},
             {"odoo", "ALTER TABLE res_users ENABLE ROW LEVEL SECURITY",
              "+ Odoo-Martel.14 | row security | table public.res_users | - | on"},
             {"odoo", "CREATE POLICY nobody ON res_users TO lee USING (false)",
              "+ Odoo-Martel.14 | row security | policy nobody on table public.res_users | lee"},
             {"odoo", "ALTER TABLE res_partner DISABLE TRIGGER ALL", "enabled D"},
             {"odoo",
              "CREATE TRIGGER t BEFORE UPDATE ON res_users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
              "+ Odoo-Martel.14 | trigger | trigger t on table public.res_users | "},
             {"odoo", "CREATE RULE r AS ON DELETE TO res_users DO INSTEAD NOTHING",
              "+ Odoo-Martel.14 | trigger | rule r on table public.res_users | erp"},
             {"odoo", "CREATE EXTENSION dblink", "+ Odoo-Martel.14 | extension | dblink | "},
             {"odoo", "GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO erp",
              "+ Odoo-Martel.14 | grant | function public.dblink_connect_u(text) | erp | EXECUTE"},
             {"odoo", "CREATE LANGUAGE evil HANDLER plpgsql_call_handler", "+ Odoo-Martel.14 | language | evil | "},
             {"odoo", "CREATE FUNCTION pid() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
              "+ Odoo-Martel.14 | function | function public.pid() | "},
             {"odoo", "CREATE CAST (int AS point) WITH INOUT AS IMPLICIT",
              "+ Odoo-Martel.14 | exists | cast from integer to point"},
             {"odoo",
              "CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end'; CREATE EVENT TRIGGER e ON "
              "ddl_command_start EXECUTE FUNCTION noted()",
              "+ Odoo-Martel.14 | owner | event trigger e | "},
             {"odoo", "CREATE PUBLICATION p FOR ALL TABLES", "+ Odoo-Martel.14 | owner | publication p | "},
             {"odoo",
              "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR lee SERVER s",
              "+ Odoo-Martel.14 | exists | user mapping on server s | lee"},
             {"odoo", "GRANT USAGE ON FOREIGN SERVER s TO lee", "+ Odoo-Martel.14 | grant | server s | lee | USAGE"},
             {"odoo", "CREATE SCHEMA AUTHORIZATION lee", "+ Odoo-Martel.14 | owner | schema lee | lee"},
             {"odoo", "ALTER SCHEMA public OWNER TO lee", "+ Odoo-Martel.14 | owner | schema public | lee"},
         }) {
        run(std::string(database) == "odoo" ? odoo : database, sql);
        const auto after = matrix();
        EXPECT_THAT(after.differencesTo(before, names()), Contains(HasSubstr(line))) << sql;
        before = after;
    }
}

}  // namespace
}  // namespace boxtest::testing
