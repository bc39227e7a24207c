#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>

#include "PeerRelay.hpp"
#include "Scenario.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

/// Tables, a sequence and a view that Odoo's OS user creates in Odoo's database while the scenario runs.
class LaterObjects {
   public:
    explicit LaterObjects(RunningGuest& guest)
        : relay_(guest, guest.names().odoo), odoo_(relay_.database(guest.names().odooDatabase)) {
        odoo_.execute(
            "CREATE TABLE public.boxtest_parent (id serial PRIMARY KEY, name text NOT NULL);"
            "CREATE TABLE public.boxtest_child (id serial PRIMARY KEY, parent_id int NOT NULL REFERENCES public.boxtest_parent "
            "ON DELETE RESTRICT);"
            "CREATE VIEW public.boxtest_view AS SELECT p.name, count(c.id) AS children FROM public.boxtest_parent p LEFT JOIN "
            "public.boxtest_child c ON c.parent_id = p.id GROUP BY p.name");
    }
    LaterObjects(const LaterObjects&) = delete;
    LaterObjects& operator=(const LaterObjects&) = delete;
    ~LaterObjects() {
        try {
            odoo_.execute("DROP VIEW public.boxtest_view; DROP TABLE public.boxtest_child, public.boxtest_parent");
        } catch (const std::exception& error) {
            std::fprintf(stderr, "boxtest-scenarios: cannot drop what this scenario made: %s\n", error.what());
        }
    }

    Database& odoo() { return odoo_; }

   private:
    PeerRelay relay_;
    Database odoo_;
};

class HandymanData : public Scenario {
   protected:
    static Database handyman() { return guest().database(names().handyman, names().handyman, names().odooDatabase); }
};

SCENARIO(HandymanData, SheMayReadAndWriteEveryTableAndSequenceOfOdoo, Effect::reads) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const auto role = quoteText(names().handyman);
    const auto ofKind = [&](const std::string& what, const std::string& kinds) {
        return fmt::format("SELECT {} FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ({})", what,
                           kinds);
    };
    EXPECT_GT(std::stoi(single(admin, ofKind("count(*)", "'r'"))), 50) << "is this Odoo's database?";
    EXPECT_THAT(
        column(
            admin,
            ofKind("oid::regclass::text", "'r', 'p', 'v', 'm'") +
                fmt::format(
                    " AND NOT (has_table_privilege({0}, oid, 'SELECT') AND (relkind IN ('v', 'm') OR (has_table_privilege({0}, "
                    "oid, 'INSERT') AND has_table_privilege({0}, oid, 'UPDATE') AND has_table_privilege({0}, oid, 'DELETE'))))",
                    role)),
        IsEmpty());
    EXPECT_THAT(
        column(admin,
               ofKind("oid::regclass::text", "'S'") +
                   fmt::format(
                       " AND NOT (has_sequence_privilege({0}, oid, 'USAGE') AND has_sequence_privilege({0}, oid, 'SELECT') AND "
                       "has_sequence_privilege({0}, oid, 'UPDATE'))",
                       role)),
        IsEmpty());
}

SCENARIO(HandymanData, NothingOfOdoosSwallowsARowThatSheWrites, Effect::rollsBack, .handyman = true) {
    // A table's trigger or rule may silently drop what she writes, so a row of each table is really written as her, in each of
    // three ways. A row that a key or a constraint rejects was not dropped. The error at the end rolls everything back.
    const auto outcome = handyman().attempt(R"sql(DO $do$
DECLARE
    t regclass; c name; statement text; n bigint; tried int := 0; lost text := '';
BEGIN
    FOR t, c IN SELECT r.oid, (SELECT attname FROM pg_attribute WHERE attrelid = r.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                                  AND attidentity <> 'a' ORDER BY attnum LIMIT 1)
                FROM pg_class r WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition ORDER BY r.oid::regclass::text LOOP
        EXECUTE format('SELECT 1 FROM ONLY %s LIMIT 1', t);
        GET DIAGNOSTICS n = ROW_COUNT;
        CONTINUE WHEN n = 0;
        tried := tried + 1;
        FOREACH statement IN ARRAY ARRAY[
            format('UPDATE ONLY %1$s SET %2$I = %2$I WHERE ctid = (SELECT ctid FROM ONLY %1$s LIMIT 1)', t, c),
            format('INSERT INTO %1$s SELECT * FROM ONLY %1$s LIMIT 1', t),
            format('DELETE FROM ONLY %1$s WHERE ctid = (SELECT ctid FROM ONLY %1$s LIMIT 1)', t)] LOOP
            BEGIN
                EXECUTE statement;
                GET DIAGNOSTICS n = ROW_COUNT;
                IF n <> 1 THEN lost := lost || format(E'
%s rows, without an error: %s', n, statement); END IF;
                RAISE EXCEPTION USING ERRCODE = 'BX001';
            EXCEPTION
                WHEN SQLSTATE 'BX001' OR unique_violation OR foreign_key_violation OR check_violation OR not_null_violation OR exclusion_violation
                    OR generated_always THEN NULL;
                WHEN OTHERS THEN lost := lost || format(E'
%s: %s', SQLERRM, statement);
            END;
        END LOOP;
    END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'BX002', MESSAGE = format('%s tables, lost:%s;', tried, lost);
END $do$)sql");
    ASSERT_EQ(outcome.sqlstate, "BX002") << outcome.describe();
    ASSERT_THAT(outcome.message, testing::ContainsRegex("[1-9][0-9]+ tables, lost:")) << "too few tables have a row";
    EXPECT_THAT(outcome.message, testing::HasSubstr("lost:;")) << "she writes a row, and it is not written";
}

SCENARIO(HandymanData, SheReadsCopiesAndChangesPartnersAndUsers, Effect::rollsBack, .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    auto database = handyman();
    EXPECT_GT(std::stoi(single(database, "SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id")), 0);
    EXPECT_GT(database.copyOut("COPY (SELECT id, name FROM res_partner) TO STDOUT").size(), 0U);
    EXPECT_THAT(database.copyOut("COPY res_users (login) TO STDOUT (FORMAT csv)"),
                testing::HasSubstr(single(admin, "SELECT login FROM public.res_users WHERE active ORDER BY id LIMIT 1") + "\n"));
    // A copy of an existing row, so that every version's NOT NULL columns are filled.
    const auto like = [](const std::string& table, const std::string& changes) {
        return fmt::format(
            "INSERT INTO {0} SELECT (jsonb_populate_record(t, jsonb_build_object('id', nextval('{0}_id_seq'), {1}))).* FROM {0} "
            "t "
            "WHERE t.id = (SELECT min(id) FROM {0} WHERE active) RETURNING id",
            table, changes);
    };
    const auto partner = single(database, like("res_partner", "'name', 'Boxtest Partner'"));
    const auto user = single(database, like("res_users", "'login', 'boxtest', 'partner_id', " + partner));
    EXPECT_EQ(single(admin,
                     "SELECT login || ' is ' || name FROM public.res_users u JOIN public.res_partner p ON p.id = partner_id "
                     "WHERE u.id = " +
                         user),
              "boxtest is Boxtest Partner");
    EXPECT_EQ(database.execute("UPDATE res_partner SET name = 'Boxtest Other' WHERE id = " + partner).affected(), 1);
    EXPECT_EQ(database.execute("UPDATE res_users SET login = 'boxtest.other', active = false WHERE id = " + user).affected(), 1);
    EXPECT_EQ(single(admin,
                     "SELECT login || ' is ' || name FROM public.res_users u JOIN public.res_partner p ON p.id = partner_id "
                     "WHERE u.id = " +
                         user),
              "boxtest.other is Boxtest Other");
    // Foreign keys apply to her too.
    EXPECT_TRUE(
        refusedWith(sqlstate::foreignKeyViolation, database.attempt("UPDATE res_users SET partner_id = -1 WHERE id = " + user)));
    EXPECT_TRUE(refusedWith(sqlstate::foreignKeyViolation, database.attempt("DELETE FROM res_partner WHERE id = " + partner)));
    EXPECT_TRUE(refusedWith(sqlstate::foreignKeyViolation,
                            database.attempt("UPDATE res_partner SET parent_id = -1 WHERE id = " + partner)));
    EXPECT_EQ(database.execute("DELETE FROM res_users WHERE id = " + user).affected(), 1);
    EXPECT_EQ(database.execute("DELETE FROM res_partner WHERE id = " + partner).affected(), 1);
    EXPECT_EQ(single(admin, "SELECT count(*) FROM public.res_partner WHERE id = " + partner), "0");
}

SCENARIO(HandymanData, EveryForeignKeyThatOdooKnowsOfIsThereAndHolds, Effect::reads) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const std::string known = " FROM public.ir_model_constraint k WHERE k.type = 'f'";
    EXPECT_GT(std::stoi(single(admin, "SELECT count(*)" + known)), 50) << "is this Odoo's own list?";
    EXPECT_THAT(column(admin, "SELECT k.name" + known +
                                  " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = k.name AND c.contype = 'f' AND "
                                  "c.convalidated)"),
                IsEmpty());
    // Foreign keys are implemented by these triggers.
    EXPECT_THAT(
        column(admin,
               "SELECT format('%s on %s', tgname, tgrelid::regclass) FROM pg_trigger WHERE tgisinternal AND tgenabled NOT "
               "IN ('O', 'A')"),
        IsEmpty());
}

SCENARIO(HandymanData, NoTableIsBuiltOtherwiseThanOdoosOwnListsSay, Effect::reads, .parallel = true,
         .notLive = "other modules make indexes and constraints that Odoo's own lists do not have") {
    // A constraint may refuse her rows in a table that is empty so far, a key may delete more than she means, a table may be
    // empty after a crash: these cannot be tried.
    EXPECT_THAT(Survey::ofOdooTables(guest()).findings({"built"}), IsEmpty());
}

SCENARIO(HandymanData, SheWritesParametersAndUsesSequences, Effect::rollsBack, .handyman = true) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    auto database = handyman();
    const std::string written = "SELECT value FROM public.ir_config_parameter WHERE key = 'boxtest.key'";
    const auto id = single(database, "INSERT INTO ir_config_parameter (key, value) VALUES ('boxtest.key', 'one') RETURNING id");
    EXPECT_EQ(single(admin, written), "one");
    EXPECT_EQ(database.execute("UPDATE ir_config_parameter SET value = 'two' WHERE id = " + id).affected(), 1);
    EXPECT_EQ(single(admin, written), "two");
    EXPECT_EQ(single(database, written + " FOR UPDATE"), "two");
    EXPECT_EQ(database
                  .execute("INSERT INTO ir_config_parameter (id, key, value) VALUES (" + id +
                           ", 'boxtest.key', 'x') ON CONFLICT (id) DO UPDATE SET value = 'three'")
                  .affected(),
              1);
    EXPECT_EQ(single(admin, written), "three");
    EXPECT_EQ(database.execute("DELETE FROM ir_config_parameter WHERE id = " + id).affected(), 1);
    EXPECT_THAT(column(admin, written), IsEmpty());

    const auto sequence = single(database, "SELECT pg_get_serial_sequence('res_partner', 'id')");
    ASSERT_NE(sequence, "<null>");
    const auto name = quoteText(sequence);
    const auto next = single(database, "SELECT nextval(" + name + ")");
    EXPECT_EQ(single(admin, "SELECT last_value FROM " + sequence), next);
    EXPECT_EQ(single(database, "SELECT currval(" + name + ")"), next);
    EXPECT_EQ(single(database, "SELECT setval(" + name + ", " + next + " + 10)"), std::to_string(std::stoll(next) + 10));
    EXPECT_EQ(single(admin, "SELECT last_value FROM " + sequence), std::to_string(std::stoll(next) + 10));
}

SCENARIO(HandymanData, SheReadsAndWritesWhatOdooCreatesAfterwards, Effect::rollsBack,
         .notLive = "it acts as a service's user by a relay that anybody on the machine could meet") {
    LaterObjects later(guest());
    auto database = handyman();
    EXPECT_TRUE(worked(database.attempt("INSERT INTO public.boxtest_parent (name) VALUES ('a'), ('b')")));
    EXPECT_TRUE(worked(
        database.attempt("INSERT INTO public.boxtest_child (parent_id) SELECT id FROM public.boxtest_parent WHERE name = 'a'")));
    EXPECT_EQ(single(database, "SELECT string_agg(name || children, ',' ORDER BY name) FROM public.boxtest_view"), "a1,b0");
    EXPECT_TRUE(refusedWith(sqlstate::foreignKeyViolation, database.attempt("DELETE FROM public.boxtest_parent")));
    EXPECT_TRUE(worked(database.attempt("UPDATE public.boxtest_parent SET name = 'c' WHERE name = 'b'")));
    EXPECT_TRUE(worked(database.attempt("SELECT setval('public.boxtest_parent_id_seq', 100)")));
    EXPECT_TRUE(worked(database.attempt("DELETE FROM public.boxtest_child")));
    EXPECT_EQ(database.copyIn("COPY public.boxtest_parent (name) FROM STDIN", "d\ne\n"), 2U);
    EXPECT_EQ(database.copyOut("COPY (SELECT name FROM public.boxtest_parent ORDER BY name) TO STDOUT"), "a\nc\nd\ne\n");
    EXPECT_EQ(single(later.odoo(),
                     "SELECT string_agg(id || name || children, ',' ORDER BY name) FROM public.boxtest_view JOIN "
                     "public.boxtest_parent USING (name)"),
              "1a0,2c0,101d0,102e0")
        << "what Odoo reads";
    // What she may not do with Odoo's older tables, she may not do with the new ones either.
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("TRUNCATE public.boxtest_child")));
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("DROP TABLE public.boxtest_child")));
}

SCENARIO(HandymanData, OdooSeesWhatSheWrites, Effect::changes) {
    auto database = handyman();
    auto odoo = guest().odoo();
    ASSERT_TRUE(odoo.login(manifest().web.odoo.login, manifest().web.odoo.password())) << "Odoo refuses the manifest's login";
    struct Cleanup {
        explicit Cleanup(Database& connection) : database(connection) {}
        Cleanup(const Cleanup&) = delete;
        Cleanup& operator=(const Cleanup&) = delete;
        Database& database;
        ~Cleanup() {
            if (hasOwnMachine()) return;
            try {
                database.execute("DELETE FROM ir_config_parameter WHERE key = 'boxtest.seen'");
                EXPECT_EQ(single(database, "SELECT count(*) FROM ir_config_parameter WHERE key = 'boxtest.seen'"), "0");
            } catch (const std::exception& error) {
                ADD_FAILURE() << "cannot take the row back: " << error.what();
            }
        }
    } const cleanup{database};
    database.execute("INSERT INTO ir_config_parameter (key, value) VALUES ('boxtest.seen', 'from the handyman')");
    const auto seen =
        odoo.call("ir.config_parameter", "search_read",
                  nlohmann::json::array({nlohmann::json::array({nlohmann::json::array({"key", "=", "boxtest.seen"})})}),
                  {{"fields", nlohmann::json::array({"value"})}});
    ASSERT_EQ(seen.size(), 1U) << seen.dump();
    EXPECT_EQ(seen[0].at("value"), "from the handyman");
}

}  // namespace
}  // namespace boxtest
