#include "OdooTraps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

// Two of Odoo's tables that have a few rows from the start, and that Odoo itself rarely uses.
constexpr auto table = "public.report_paperformat";
constexpr auto otherTable = "public.res_country_group";

Trap trap(const std::string& name, const std::string& set, const std::string& remove, const std::string& use) {
    const auto filled = [&](const std::string& sql) { return fmt::format(fmt::runtime(sql), fmt::arg("table", table)); };
    return {.name = name, .set = filled(set), .remove = filled(remove), .use = filled(use)};
}

/// The code that every trap runs. RESET leaves whatever role a superuser has taken. A failure in it must not show.
std::string takeFunction(const std::string& odoo) {
    return fmt::format(
        "CREATE SCHEMA boxtest_trap; GRANT USAGE ON SCHEMA boxtest_trap TO PUBLIC;"
        "CREATE TABLE boxtest_trap.caught (who text, trap text); GRANT INSERT ON boxtest_trap.caught TO PUBLIC;"
        "CREATE FUNCTION boxtest_trap.take(trap text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN "
        "BEGIN EXECUTE 'RESET SESSION AUTHORIZATION'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        "BEGIN EXECUTE 'RESET ROLE'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        "BEGIN EXECUTE 'ALTER ROLE {} SUPERUSER'; EXCEPTION WHEN OTHERS THEN NULL; END;"
        "BEGIN INSERT INTO boxtest_trap.caught VALUES (session_user, trap); EXCEPTION WHEN OTHERS THEN NULL; END;"
        "RETURN true; END $$;"
        // What it calls is not immutable; PostgreSQL believes its owner.
        "CREATE FUNCTION boxtest_trap.pure(trap text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN "
        "PERFORM boxtest_trap.take(trap); RETURN true; END $$",
        odoo);
}

constexpr auto removeRest = "DROP SCHEMA IF EXISTS boxtest_trap CASCADE";

}  // namespace

std::vector<Trap> OdooTraps::closed(const Manifest::Names& names) {
    std::vector<Trap> all{
        trap("function",
             "CREATE FUNCTION public.lower(varchar) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN "
             "boxtest_trap.take('function') "
             "THEN pg_catalog.lower($1::text) END $$",
             "DROP FUNCTION public.lower(varchar)", "SELECT count(*) FROM {table} WHERE lower(name) LIKE 'a%'"),
        // One that Odoo never uses: it would hardly get on with its own work.
        trap("operator",
             "CREATE FUNCTION boxtest_trap.begins(varchar, text) RETURNS boolean LANGUAGE sql AS $$ SELECT "
             "boxtest_trap.take('operator') AND pg_catalog.starts_with($1::text, $2) $$;"
             "CREATE OPERATOR public.^@ (LEFTARG = varchar, RIGHTARG = text, FUNCTION = boxtest_trap.begins)",
             "DROP OPERATOR public.^@ (varchar, text)", "SELECT count(*) FROM {table} WHERE name ^@ 'A'::text"),
        trap("aggregate",
             "CREATE FUNCTION boxtest_trap.larger(text, varchar) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN "
             "boxtest_trap.take('aggregate') THEN greatest($1, $2::text) END $$;"
             "CREATE AGGREGATE public.max(varchar) (SFUNC = boxtest_trap.larger, STYPE = text)",
             "DROP AGGREGATE public.max(varchar)", "SELECT max(name) FROM {table}"),
        trap(
            "function as a column",
            "CREATE FUNCTION public.boxtest_label({table}) RETURNS boolean LANGUAGE sql AS $$ SELECT boxtest_trap.take('function "
            "as a column') $$",
            "DROP FUNCTION public.boxtest_label({table})", "SELECT p.boxtest_label FROM {table} p"),
        trap("row policy",
             "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
             "CREATE POLICY boxtest ON {table} USING (boxtest_trap.take('row policy'))",
             "DROP POLICY boxtest ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;"
             "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
             "SELECT count(*) FROM {table}"),
    };
    Trap schema{.name = "schema of the person's name", .set = {}, .remove = {}, .use = "SELECT * FROM res_country_group"};
    for (const auto& person : {names.superuser, names.admin, names.handyman}) {
        schema.set += fmt::format(
            "CREATE SCHEMA {0}; GRANT USAGE ON SCHEMA {0} TO PUBLIC; CREATE VIEW {0}.res_country_group AS SELECT "
            "boxtest_trap.take('{1}') AS taken; GRANT SELECT ON {0}.res_country_group TO PUBLIC;",
            quoteName(person), "schema of the person''s name");
        schema.remove += fmt::format("DROP SCHEMA {} CASCADE;", quoteName(person));
    }
    all.push_back(std::move(schema));
    all.push_back(
        {.name = "view in a table's place",
         .set = fmt::format("ALTER TABLE {0} RENAME TO boxtest_groups; CREATE VIEW {0} AS SELECT g.*, "
                            "boxtest_trap.take('view in a table''s place') AS taken FROM public.boxtest_groups g",
                            otherTable),
         .remove = fmt::format("DROP VIEW {}; ALTER TABLE public.boxtest_groups RENAME TO res_country_group", otherTable),
         .use = fmt::format("SELECT * FROM {}", otherTable)});
    return all;
}

std::vector<Trap> OdooTraps::open() {
    const std::string update = "UPDATE {table} SET name = name";
    return {
        // Without a column in it PostgreSQL computes the expression once, when it plans any statement on the table.
        trap("index expression", "CREATE INDEX boxtest_index ON {table} (boxtest_trap.pure('index expression'))",
             "DROP INDEX public.boxtest_index", "SELECT count(*) FROM {table}"),
        trap("cast",
             "CREATE TYPE public.boxtest_code AS ENUM ('a'); ALTER TABLE {table} ADD COLUMN boxtest_code public.boxtest_code "
             "DEFAULT "
             "'a'; CREATE FUNCTION boxtest_trap.code_text(public.boxtest_code) RETURNS text LANGUAGE sql AS $$ SELECT CASE WHEN "
             "boxtest_trap.take('cast') THEN 'a' END $$;"
             "CREATE CAST (public.boxtest_code AS text) WITH FUNCTION boxtest_trap.code_text(public.boxtest_code) AS IMPLICIT",
             "DROP TYPE public.boxtest_code CASCADE", "SELECT count(*) FROM {table} WHERE boxtest_code LIKE 'a%'"),
        trap("trigger",
             "CREATE FUNCTION boxtest_trap.at_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
             "boxtest_trap.take('trigger'); RETURN NEW; END $$;"
             "CREATE TRIGGER boxtest BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION boxtest_trap.at_update()",
             "DROP TRIGGER boxtest ON {table}", update),
        trap("rule", "CREATE RULE boxtest AS ON UPDATE TO {table} DO ALSO SELECT boxtest_trap.take('rule')",
             "DROP RULE boxtest ON {table}", update),
        trap("column default",
             "ALTER TABLE {table} ADD COLUMN boxtest_default boolean;"
             "ALTER TABLE {table} ALTER COLUMN boxtest_default SET DEFAULT boxtest_trap.take('column default')",
             "ALTER TABLE {table} DROP COLUMN boxtest_default; DELETE FROM {table} WHERE name = 'boxtest'",
             "INSERT INTO {table} (name, dpi) VALUES ('boxtest', 90)"),
        // PostgreSQL computes it anew only if a column in it changes.
        trap(
            "generated column",
            "ALTER TABLE {table} ADD COLUMN boxtest_generated boolean GENERATED ALWAYS AS (boxtest_trap.pure('generated column') "
            "AND name IS NOT NULL) STORED",
            "ALTER TABLE {table} DROP COLUMN boxtest_generated", update),
        trap("check constraint", "ALTER TABLE {table} ADD CONSTRAINT boxtest_check CHECK (boxtest_trap.take('check constraint'))",
             "ALTER TABLE {table} DROP CONSTRAINT boxtest_check", update),
    };
}

Trap OdooTraps::open(const std::string& name) {
    for (auto& one : open())
        if (one.name == name) return one;
    throw UsageError("there is no trap '" + name + "'");
}

OdooTraps::OdooTraps(RunningGuest& guest, std::vector<Trap> traps)
    : guest_(guest), relay_(guest, guest.names().odoo), traps_(std::move(traps)) {
    auto odoo = relay_.database(guest.names().odooDatabase);
    odoo.begin();
    odoo.execute(takeFunction(quoteName(guest.names().odoo)));
    for (const auto& one : traps_) odoo.execute(one.set);
    // Some run when they are set.
    odoo.execute("DELETE FROM boxtest_trap.caught");
    odoo.commit();
    set_ = true;
}

OdooTraps::~OdooTraps() {
    try {
        if (set_) remove();
        guest_.adminDatabase("postgres").execute("ALTER ROLE " + quoteName(guest_.names().odoo) + " NOSUPERUSER");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest-scenarios: cannot take the traps away: %s\n", error.what());
    }
}

std::vector<std::string> OdooTraps::names() const {
    std::vector<std::string> all;
    for (const auto& one : traps_) all.push_back(one.name);
    return all;
}

std::vector<std::string> OdooTraps::caught(const std::string& role) {
    auto odoo = relay_.database(guest_.names().odooDatabase);
    std::vector<std::string> all;
    for (const auto& row : odoo.execute("SELECT DISTINCT trap FROM boxtest_trap.caught WHERE who = $1 ORDER BY 1", role))
        all.push_back(row[0].as<std::string>());
    return all;
}

bool OdooTraps::gained() {
    auto odoo = relay_.database("postgres");
    return odoo.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").at(0).at(0).as<bool>();
}

void OdooTraps::remove() {
    auto odoo = relay_.database(guest_.names().odooDatabase);
    // The latest first: an earlier one's function may run while a later one's table is changed.
    std::for_each(traps_.rbegin(), traps_.rend(), [&](const Trap& one) { odoo.execute(one.remove); });
    odoo.execute(removeRest);
    set_ = false;
}

}  // namespace boxtest
