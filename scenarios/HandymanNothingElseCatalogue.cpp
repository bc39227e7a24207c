/// Checks the claim handyman-nothing-else in PostgreSQL's catalogues: privileges that no single statement would reveal.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "HandymanNothingElse.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

SCENARIO(HandymanNothingElse, HerRoleHasNoAttributeAndNothingOfItsOwnAndOneMembership, Effect::reads, .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_THAT(column(admin,
                       "SELECT a FROM pg_authid, LATERAL (VALUES (rolsuper, 'SUPERUSER'), (rolcreatedb, 'CREATEDB'), "
                       "(rolcreaterole, 'CREATEROLE'), "
                       "(rolreplication, 'REPLICATION'), (rolbypassrls, 'BYPASSRLS'), (rolpassword IS NOT NULL, 'PASSWORD')) "
                       "x(has, a) WHERE has "
                       "AND rolname = " +
                           me()),
                IsEmpty());
    EXPECT_THAT(
        column(admin,
               "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE rolname = " + me()),
        IsEmpty());
    EXPECT_THAT(column(admin, "WITH RECURSIVE g(role) AS (SELECT oid FROM pg_roles WHERE rolname = " + me() +
                                  " UNION SELECT roleid FROM pg_auth_members JOIN g ON member = role) SELECT rolname FROM g JOIN "
                                  "pg_roles ON oid = role "
                                  "WHERE rolname <> " +
                                  me()),
                UnorderedElementsAre(names().pgadmin, names().handymanGroup, "pg_read_all_stats"));
    EXPECT_THAT(column(admin,
                       "SELECT roleid::regrole::text FROM pg_auth_members WHERE admin_option AND member IN (SELECT oid FROM "
                       "pg_roles WHERE rolname "
                       "IN (" +
                           me() + ", " + quoteText(names().pgadmin) + ", " + quoteText(names().handymanGroup) + "))"),
                IsEmpty())
        << "she could pass it on";
    EXPECT_THAT(column(admin,
                       "SELECT format('%s %s in %s', CASE deptype WHEN 'o' THEN 'owner of' ELSE 'rights on' END, "
                       "pg_describe_object(classid, objid, "
                       "objsubid), coalesce(d.datname, 'the cluster')) FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = "
                       "s.dbid WHERE refclassid "
                       "= 'pg_authid'::regclass AND (dbid = 0 OR d.datname = current_database()) AND refobjid = (SELECT oid FROM "
                       "pg_roles WHERE "
                       "rolname = " +
                           me() + ")"),
                IsEmpty());
    EXPECT_EQ(single(admin,
                     "SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = (SELECT oid FROM "
                     "pg_roles WHERE "
                     "rolname = " +
                         me() + ")"),
              "0")
        << "in another database";
}

SCENARIO(HandymanNothingElse, NoTableSchemaFunctionOrLanguageGivesHerMoreThanRowsToReadAndWrite, Effect::reads,
         .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    std::string rights = "'TRUNCATE', 'REFERENCES', 'TRIGGER'";
    if (admin.serverVersion() >= 170000) rights += ", 'MAINTAIN'";
    EXPECT_THAT(
        column(
            admin,
            fmt::format(
                "SELECT format('%s on %s', p, oid::regclass) FROM pg_class, unnest(ARRAY[{}]) p WHERE relkind IN ('r', 'v', 'm', "
                "'f', 'p') AND relpersistence <> 't' AND has_table_privilege({}, oid, p)",
                rights, me())),
        IsEmpty());
    // The server's own tables: she has no write privileges (for pg_settings, UPDATE means SET in the session), and reads only
    // what everybody may read since initdb, and statistics.
    EXPECT_THAT(
        column(
            admin,
            fmt::format(
                "SELECT format('%s on %s', p, oid::regclass) FROM pg_class, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', "
                "'SELECT']) "
                "p WHERE relkind IN ('r', 'v') AND relnamespace IN ('pg_catalog'::regnamespace, "
                "'information_schema'::regnamespace) AND has_table_privilege({}, oid, p) AND NOT (p = 'UPDATE' AND oid = "
                "'pg_settings'::regclass) AND NOT (p = 'SELECT' AND (has_table_privilege('pg_read_all_stats', oid, p) OR EXISTS "
                "(SELECT FROM pg_init_privs i, aclexplode(i.initprivs) x WHERE i.classoid = 'pg_class'::regclass AND i.objoid = "
                "pg_class.oid AND i.objsubid = 0 AND x.grantee = 0 AND x.privilege_type = p)))",
                me())),
        IsEmpty());
    // Column privileges would be additional privileges too.
    EXPECT_THAT(column(admin,
                       "SELECT format('%s on %s.%s', x.privilege_type, attrelid::regclass, attname) FROM pg_attribute, "
                       "aclexplode(attacl) x WHERE NOT EXISTS (SELECT FROM pg_init_privs i, aclexplode(i.initprivs) y WHERE "
                       "i.classoid = 'pg_class'::regclass AND i.objoid = attrelid AND i.objsubid = attnum AND (y.grantee, "
                       "y.privilege_type) = (x.grantee, x.privilege_type))"),
                IsEmpty());
    EXPECT_THAT(
        column(admin, fmt::format("SELECT nspname FROM pg_namespace WHERE has_schema_privilege({}, oid, 'CREATE')", me())),
        IsEmpty());
    EXPECT_THAT(
        column(admin,
               fmt::format(
                   "SELECT nspname FROM pg_namespace WHERE has_schema_privilege({}, oid, 'USAGE') AND nspname !~ '^pg_toast'",
                   me())),
        UnorderedElementsAre("public", "pg_catalog", "information_schema"));
    // The known gap covers what pgAdmin's role owns.
    EXPECT_THAT(
        column(
            admin,
            fmt::format(
                "SELECT format('%s on %s', p, datname) FROM pg_database, unnest(ARRAY['CREATE', 'TEMPORARY', 'CONNECT']) p WHERE "
                "has_database_privilege({}, oid, p) AND datname <> {}",
                me(), quoteText(names().pgadminDatabase))),
        testing::ElementsAre("CONNECT on " + names().odooDatabase));
    EXPECT_THAT(
        column(
            admin,
            fmt::format("SELECT spcname FROM pg_tablespace WHERE has_tablespace_privilege({}, oid, 'CREATE') AND oid <> (SELECT "
                        "dattablespace FROM pg_database WHERE datname = current_database())",
                        me())),
        IsEmpty());
    EXPECT_THAT(
        column(admin,
               fmt::format(
                   "SELECT format('%s runs as %s', f.oid::regprocedure, f.proowner::regrole) FROM pg_proc f WHERE prosecdef AND "
                   "has_function_privilege({}, f.oid, 'EXECUTE')",
                   me())),
        IsEmpty());
    // Functions that initdb does not grant to PUBLIC or to readers of statistics.
    EXPECT_THAT(
        column(admin,
               fmt::format(
                   "SELECT f.oid::regprocedure::text FROM pg_proc f JOIN pg_init_privs i ON i.objoid = f.oid AND i.classoid = "
                   "'pg_proc'::regclass WHERE has_function_privilege({}, f.oid, 'EXECUTE') AND NOT EXISTS (SELECT FROM "
                   "aclexplode(i.initprivs) x WHERE x.grantee IN (0, 'pg_read_all_stats'::regrole))",
                   me())),
        IsEmpty());
    // In the two built-in languages, only a superuser can create functions.
    EXPECT_THAT(column(admin, "SELECT lanname FROM pg_language WHERE NOT lanpltrusted AND lanname NOT IN ('internal', 'c')"),
                IsEmpty());
    // The extensions that Odoo needs; functions of any other extension would be available to PUBLIC.
    EXPECT_THAT(column(admin, "SELECT extname FROM pg_extension WHERE extname NOT IN ('plpgsql', 'pg_trgm', 'unaccent')"),
                IsEmpty());
    EXPECT_THAT(column(admin, "SELECT srvname FROM pg_foreign_server"), IsEmpty());
    EXPECT_THAT(column(admin, "SELECT evtname FROM pg_event_trigger"), IsEmpty());
}

SCENARIO(HandymanNothingElse, TheServerHasLoadedNothingThatHelpsHer, Effect::reads, .handyman = true) {
    // Libraries, programs that it starts, logs that others can read, files that she can write: now and at the next start.
    EXPECT_THAT(Survey::ofServer(guest()).findings(), testing::IsEmpty());
}

SCENARIO(HandymanNothingElse, NothingOfPostgresqlsOwnWasChanged, Effect::rollsBack,
         .notLive = "it opens template0 for a moment, and needs the builder's checksums") {
    // Detects a built-in function with another body, a rule on a system view, and a function that pretends to be part of an
    // extension or replaces one of its own.
    EXPECT_THAT(Survey::ofCatalogue(guest()).findings(), testing::IsEmpty());
    // Also unchanged: initdb, which created the cluster, the files that initdb copies, and the server itself.
    EXPECT_THAT(Survey::ofPrograms(guest(), {"postgresql"}).findings(), testing::IsEmpty());
}

SCENARIO(HandymanNothingElse, ExhaustivelyPostgresqlsOwnIsWhatInitdbMakes, Effect::changes, .slow = true) {
    // Every column of every catalogue. A change that was made in all databases, by a server that was made to count its
    // transactions anew, is as old as initdb's rows and the same everywhere.
    EXPECT_THAT(Survey::ofPrograms(guest(), {"postgresql"}).findings(), testing::IsEmpty());
    EXPECT_THAT(Survey::ofFreshCluster(guest()).findings(), testing::IsEmpty());
}

}  // namespace
}  // namespace boxtest
