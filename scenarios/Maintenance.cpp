#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "Facts.hpp"
#include "Scenario.hpp"

namespace boxtest {
namespace {

/// PostgreSQL's own counters for a table, and the paths of its files: they reveal whether a command did anything.
class Maintenance : public Scenario {
   protected:
    static constexpr auto table = "public.res_partner";

    struct Traces {
        std::int64_t vacuums = 0;  ///< Manual ones: autovacuum has a separate counter.
        std::int64_t analyzes = 0;
        std::set<std::string> indexFiles;

        bool operator==(const Traces&) const = default;
    };
    static Traces traces(Database& admin) {
        const auto counts = admin.execute(
            fmt::format("SELECT vacuum_count, analyze_count FROM pg_stat_user_tables WHERE relid = '{}'::regclass", table));
        const auto files = column(
            admin, fmt::format("SELECT pg_relation_filepath(indexrelid) FROM pg_index WHERE indrelid = '{}'::regclass", table));
        return {counts[0]["vacuum_count"].as<std::int64_t>(),
                counts[0]["analyze_count"].as<std::int64_t>(),
                {files.begin(), files.end()}};
    }
    static std::string on(const std::string& statement) { return statement + " " + table; }
};

SCENARIO(Maintenance, TheAdminVacuumsThroughTheTunnel, Effect::rollsBack,
         .notLive = "it holds or rewrites whole tables that people work with") {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto before = traces(admin);
    EXPECT_TRUE(worked(admin.attempt(on("VACUUM"))));
    const auto after = traces(admin);
    EXPECT_EQ(after.vacuums, before.vacuums + 1);
    EXPECT_EQ(after.analyzes, before.analyzes);
}

SCENARIO(Maintenance, TheAdminAnalyzesThroughTheTunnel, Effect::rollsBack) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto before = traces(admin);
    EXPECT_TRUE(worked(admin.attempt(on("ANALYZE"))));
    EXPECT_EQ(traces(admin).analyzes, before.analyzes + 1);
}

SCENARIO(Maintenance, TheAdminReindexesThroughTheTunnel, Effect::rollsBack,
         .notLive = "it holds or rewrites whole tables that people work with") {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto before = traces(admin).indexFiles;
    ASSERT_FALSE(before.empty());
    EXPECT_TRUE(worked(admin.attempt(on("REINDEX TABLE"))));
    const auto after = traces(admin).indexFiles;
    EXPECT_EQ(after.size(), before.size());
    for (const auto& file : after) EXPECT_FALSE(before.contains(file)) << "this index was not made anew: " << file;
}

SCENARIO(Maintenance, TheAdminVacuumsAndAnalyzesTheWholeDatabase, Effect::rollsBack,
         .notLive = "it holds or rewrites whole tables that people work with") {
    auto admin = guest().adminDatabase(names().odooDatabase);
    // This connection has its own time limit, which hides a limit that the admin's other connections would have.
    EXPECT_THAT(column(admin,
                       "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole IN (0, (SELECT oid FROM pg_roles WHERE "
                       "rolname = session_user))"),
                testing::Each(testing::Not(testing::HasSubstr("_timeout="))));
    admin.setBudget(std::chrono::minutes(10));
    const auto fewest =
        "SELECT min(vacuum_count)::text || ' ' || min(analyze_count)::text FROM pg_stat_user_tables WHERE schemaname = 'public'";
    const auto least = [&] {
        const auto counts = single(admin, fewest);
        return std::pair{std::stoi(counts), std::stoi(counts.substr(counts.find(' ')))};
    };
    const auto before = least();
    EXPECT_TRUE(worked(admin.attempt("VACUUM (ANALYZE)")));
    const auto after = least();
    EXPECT_GT(after.first, before.first) << "a table was not vacuumed";
    EXPECT_GT(after.second, before.second) << "a table was not analyzed";
}

SCENARIO(Maintenance, ForTheHandymanVacuumAndAnalyzeWarnAndDoNothing, Effect::rollsBack, .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    auto handyman = guest().database(names().handyman, names().handyman, names().odooDatabase);
    const auto before = traces(admin);
    Facts facts;
    for (const auto& statement : {"VACUUM", "VACUUM (FULL)", "ANALYZE", "VACUUM (ANALYZE)"}) {
        const auto outcome = handyman.attempt(on(statement));
        facts.expect(worked(outcome), statement);
        facts.expect(outcome.noticed(sqlstate::warning), std::string(statement) + " warns: " + outcome.describe());
        facts.expect(traces(admin) == before, std::string(statement) + " leaves the table as it is");
    }
    EXPECT_TRUE(facts.hold());
    // As a control, what these counters show if such a command works.
    EXPECT_TRUE(worked(admin.attempt(on("VACUUM (ANALYZE)"))));
    EXPECT_FALSE(traces(admin) == before);
}

SCENARIO(Maintenance, TheHandymanReindexesNothing, Effect::rollsBack, .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    auto handyman = guest().database(names().handyman, names().handyman, names().odooDatabase);
    const auto before = traces(admin);
    Facts facts;
    const std::vector<std::string> statements{on("REINDEX TABLE"),
                                              on("REINDEX TABLE CONCURRENTLY"),
                                              "REINDEX INDEX public.res_partner_pkey",
                                              "REINDEX SCHEMA public",
                                              "REINDEX DATABASE " + quoteName(names().odooDatabase),
                                              "REINDEX SYSTEM",
                                              on("CLUSTER") + " USING res_partner_pkey"};
    for (const auto& statement : statements) {
        facts.expect(refusedWith(sqlstate::insufficientPrivilege, handyman.attempt(statement)), statement);
    }
    EXPECT_TRUE(facts.hold());
    EXPECT_TRUE(traces(admin) == before);
}

}  // namespace
}  // namespace boxtest
