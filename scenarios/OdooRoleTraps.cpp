/// Traps that Odoo's role can set for a superuser in its database, and who is caught by them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "Backup.hpp"
#include "Facts.hpp"
#include "OdooCode.hpp"
#include "OdooRole.hpp"
#include "OdooTraps.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;

/// Gives access to the functions of the backup scenarios' base class.
struct Backups : Backup {
    using Backup::backup;
    using Backup::odooServes;
    using Backup::pathOf;
    using Backup::start;
    using Backup::take;
};

/// Some traps add a column, whose number stays in the catalogue after the column is dropped: a scenario that sets them changes
/// the machine.
std::vector<Trap> allTraps(const Manifest::Names& names) {
    auto all = OdooTraps::closed(names);
    std::ranges::move(OdooTraps::open(), std::back_inserter(all));
    return all;
}

std::string asScript(const std::vector<Trap>& traps) {
    std::string sql;
    for (const auto& trap : traps) sql += trap.use + ";\n";
    return sql;
}

SCENARIO(OdooRole, ASuperuserWhoReadsATableIsCaughtByNoTrapThatASettingCloses, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    const auto before = privilegeMatrix();
    OdooTraps traps(guest(), OdooTraps::closed(names()));
    {
        auto handyman = guest().database(names().handyman, names().handyman, names().odooDatabase);
        for (const auto& trap : traps.traps()) handyman.attempt(trap.use);
    }
    ASSERT_THAT(traps.caught(names().handyman), testing::UnorderedElementsAreArray(traps.names()))
        << "these traps catch nobody, so that nothing is proved";

    auto admin = guest().adminDatabase(names().odooDatabase);
    for (const auto& trap : traps.traps()) admin.attempt(trap.use);
    const auto psql = psqlAs(names().superuser, asScript(traps.traps()) + "\\echo to the end\n");
    ASSERT_THAT(psql.out, testing::HasSubstr("to the end")) << psql.describe();

    Facts facts;
    for (const auto& person : {names().admin, names().superuser})
        facts.that(traps.caught(person), IsEmpty(), "the traps by which the superuser " + person + " ran Odoo's code");
    facts.expect(!traps.gained(), "Odoo's role has become a superuser");
    EXPECT_TRUE(facts.hold());
    traps.remove();
    EXPECT_THAT(privilegeMatrix("-afterwards").differencesTo(before, names()), IsEmpty());
}

SCENARIO(OdooRole, ASuperuserFindsItsTablesOnlyWithTheirSchemaAndItsViewsNotAtAll, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    PeerRelay relay(guest(), names().odoo);
    auto odoo = relay.database(names().odooDatabase);
    odoo.execute("CREATE VIEW public.boxtest_view AS SELECT id FROM public.res_partner");
    Facts facts;
    {
        auto admin = guest().adminDatabase(names().odooDatabase);
        for (const auto& [sqlstate, sql] :
             {std::pair{sqlstate::success, "SELECT count(*) FROM public.res_partner"},
              std::pair{sqlstate::success, "SELECT count(*) FROM pg_stat_activity"},
              std::pair{sqlstate::success, "SELECT count(*) FROM information_schema.tables"},
              std::pair{sqlstate::undefinedTable, "SELECT count(*) FROM res_partner"},
              std::pair{sqlstate::objectNotInPrerequisiteState, "SELECT * FROM public.boxtest_view"}})
            facts.equal(std::string(sqlstate), admin.attempt(sql).sqlstate, sql);
    }
    const auto psql = psqlAs(names().superuser,
                             "\\set VERBOSITY sqlstate\n\\pset tuples_only\nSELECT 'rows' FROM public.res_partner LIMIT 1;\n"
                             "SELECT 1 FROM res_partner;\nSELECT * FROM public.boxtest_view;\n");
    facts.that(psql.out, testing::HasSubstr("rows"), "what psql prints");
    facts.that(psql.err,
               testing::ContainsRegex(fmt::format("{}\n.*{}", sqlstate::undefinedTable, sqlstate::objectNotInPrerequisiteState)),
               "psql's errors");
    odoo.execute("DROP VIEW public.boxtest_view");
    EXPECT_TRUE(facts.hold());
}

SCENARIO(OdooRole, MaintenanceReadinessAndRolesSqlAreCaughtByNoTrap, Effect::changes) {
    const auto before = privilegeMatrix();
    OdooTraps traps(guest(), allTraps(names()));
    auto admin = guest().adminDatabase(names().odooDatabase);
    admin.setBudget(std::chrono::minutes(10));
    Facts facts;
    for (const auto* statement : {"ANALYZE public.report_paperformat", "VACUUM (ANALYZE) public.report_paperformat",
                                  "VACUUM (FULL) public.report_paperformat", "REINDEX TABLE public.report_paperformat",
                                  "REINDEX TABLE CONCURRENTLY public.report_paperformat",
                                  "CLUSTER public.report_paperformat USING report_paperformat_pkey", "ANALYZE"})
        facts.expect(worked(admin.attempt(statement)), statement);
    const auto psql = psqlAs(names().superuser,
                             "VACUUM (ANALYZE) public.report_paperformat;\nREINDEX TABLE public.report_paperformat;\n"
                             "\\d public.report_paperformat\n\\d+ public.res_country_group\n\\dt public.*\n\\df public.*\n");
    facts.expect(psql.succeeded(), psql.describe());
    // In this case PostgreSQL evaluates an index expression as the table's owner, with nothing that could be reset.
    ASSERT_THAT(traps.caught(names().admin), Contains("index expression"))
        << "nothing of Odoo's was run, so that nothing is proved";
    facts.expect(rolesSqlApplied(), "roles.sql");
    guest().waitUntilReady(Deadline::in(std::chrono::minutes(10)));
    facts.expect(!traps.gained(), "Odoo's role has become a superuser");
    EXPECT_TRUE(facts.hold());
    traps.remove();
    EXPECT_THAT(privilegeMatrix("-afterwards").differencesTo(before, names()), IsEmpty());
}

SCENARIO(OdooRole, ABackupAndItsRestoreAreCaughtByNoTrap, Effect::changes, .slow = true) {
    const auto before = privilegeMatrix();
    OdooTraps traps(guest(), allTraps(names()));
    const auto name = Backups::take(Backups::backup().hot);
    Facts facts;
    for (const auto& person : {names().admin, names().superuser})
        facts.that(traps.caught(person), IsEmpty(), "the traps by which a backup ran Odoo's code as " + person);
    facts.expect(!traps.gained(), "Odoo's role has become a superuser by a backup");
    EXPECT_TRUE(facts.hold());

    const auto restored = Backups::start(Backups::backup().restoreOf(name));
    ASSERT_TRUE(restored.succeeded()) << restored.describe();
    EXPECT_FALSE(traps.gained()) << "Odoo's role has become a superuser by a restore";
    // At its end, the restore's roles.sql has revoked what a superuser may have granted to Odoo's role: so check who owns the
    // recreated traps.
    auto admin = guest().adminDatabase(names().odooDatabase);
    EXPECT_EQ(single(admin, "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'boxtest_trap'"), names().odoo)
        << "Odoo's objects were made, and its code was run, as a superuser by a restore";
    // Some of the traps have caught Odoo's role itself.
    EXPECT_THAT(traps.caught(names().odoo), IsSupersetOf({"check constraint", "index expression"}))
        << "the restore has run nothing of Odoo's, so that nothing is proved";
    EXPECT_TRUE(Backups::odooServes());
    traps.remove();
    if (!hasOwnMachine()) guest().factsAsRoot("rm -rf -- " + Session::quote(Backups::pathOf(name)));
    EXPECT_THAT(privilegeMatrix("-afterwards").differencesTo(before, names()), IsEmpty());
}

SCENARIO(OdooRole, AnAdminWhoReadsAndRepairsAsAHandymanGivesItNothing, Effect::changes) {
    const auto before = privilegeMatrix();
    OdooTraps traps(guest(), allTraps(names()));
    // The documented way: no session of a superuser, and so no superuser to switch back to.
    const auto psql = psqlAs(names().handyman, asScript(traps.traps()) + "SELECT session_user;\n");
    ASSERT_THAT(psql.out, testing::HasSubstr(names().handyman)) << psql.describe();
    EXPECT_FALSE(traps.gained()) << "Odoo's role has become a superuser";
    EXPECT_THAT(traps.caught(names().handyman), testing::UnorderedElementsAreArray(traps.names()))
        << "these traps catch nobody, so that nothing is proved";
    for (const auto& person : {names().admin, names().superuser}) EXPECT_THAT(traps.caught(person), IsEmpty());
    traps.remove();
    EXPECT_THAT(privilegeMatrix("-afterwards").differencesTo(before, names()), IsEmpty());
}

SCENARIO(OdooRole, NothingInItsDatabaseRunsCodeForOthersButWhatAFreshOdooMakes, Effect::reads) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto lines = OdooCode::read(admin);
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    attach("odoo-code.txt", text);
    EXPECT_THAT(lines, Contains(testing::StartsWith("view | view public.res_device"))) << "is this Odoo's database?";
    EXPECT_THAT(OdooCode::beyondExpected(lines), IsEmpty()) << OdooCode::advice(names());
}

SCENARIO(OdooRole, TheInventoryOfItsCodeListsEveryTrap, Effect::changes) {
    const auto kinds = std::vector<std::string>{"aggregate",        "cast",    "constraint", "default", "function",
                                                "generated column", "index",   "operator",   "policy",  "rule",
                                                "schema",           "trigger", "type",       "view"};
    OdooTraps traps(guest(), allTraps(names()));
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto found = OdooCode::beyondExpected(OdooCode::read(admin));
    Facts facts;
    for (const auto& kind : kinds) facts.that(found, Contains(testing::StartsWith(kind + " | ")), "the inventory, " + kind);
    EXPECT_TRUE(facts.hold());
    EXPECT_FALSE(traps.gained()) << "Odoo's role has become a superuser by the inventory itself";
}

}  // namespace
}  // namespace boxtest
