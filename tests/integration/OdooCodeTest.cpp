#include "OdooCode.hpp"

#include <gmock/gmock.h>

#include "MadeUpNames.hpp"
#include "integration/LocalPostgres.hpp"

namespace boxtest::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A database that the role erp owns, with tables as Odoo creates them: sequences, constants and the time as defaults, checks,
/// indexes, an extension that the superuser owns, and the one expected view.
class OdooCodeOfADatabase : public ::testing::Test {
   protected:
    void SetUp() override {
        postgres_.connect().execute("CREATE ROLE erp LOGIN");
        postgres_.connect().execute("CREATE DATABASE erp OWNER erp");
        admin().execute("CREATE EXTENSION pg_trgm SCHEMA public; GRANT CREATE ON SCHEMA public TO erp");
        asOdoo(
            "CREATE TABLE public.partner (id serial PRIMARY KEY, name varchar NOT NULL, active boolean DEFAULT true, kind "
            "varchar "
            "DEFAULT 'contact', at timestamp DEFAULT (now() AT TIME ZONE 'UTC'), rank int CHECK (rank >= 0), parent int "
            "REFERENCES public.partner); CREATE INDEX ON public.partner (lower(name)) WHERE active;"
            "CREATE INDEX ON public.partner USING gin (lower(name) public.gin_trgm_ops);"
            "CREATE VIEW public.res_device AS SELECT id, lower(name) AS name FROM public.partner");
    }

    Database admin() { return postgres_.connect("erp"); }
    void asOdoo(const std::string& sql) { admin().execute("SET SESSION AUTHORIZATION erp; " + sql); }
    std::vector<std::string> read() {
        auto database = admin();
        return OdooCode::read(database);
    }

   private:
    LocalPostgres postgres_;
};

TEST_F(OdooCodeOfADatabase, OfAFreshOneIsTheOneView) {
    EXPECT_THAT(read(), ElementsAre("view | view public.res_device | -"));
    EXPECT_THAT(OdooCode::beyondExpected(read()), IsEmpty());
}

TEST_F(OdooCodeOfADatabase, ListsEachThingThatRunsCode) {
    struct Made {
        const char* sql;
        const char* line;
    };
    asOdoo("CREATE FUNCTION public.f() RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN true; END'");
    EXPECT_THAT(OdooCode::beyondExpected(read()), ElementsAre("function | function public.f() | plpgsql"));
    for (const auto& [sql, line] : std::initializer_list<Made>{
             {"CREATE PROCEDURE public.p() LANGUAGE sql AS ''", "procedure | "},
             {"CREATE AGGREGATE public.a(text) (SFUNC = textcat, STYPE = text)", "aggregate | "},
             {"CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)", "operator | "},
             {"CREATE DOMAIN public.d AS text", "type | type public.d | domain"},
             {"CREATE TYPE public.c AS (a int)", "type | type public.c | composite"},
             {"CREATE TYPE public.r AS RANGE (SUBTYPE = float8)", "type | type public.r | range"},
             {"CREATE CAST (public.partner AS text) WITH INOUT AS IMPLICIT", "cast | cast from public.partner to text | without"},
             {"CREATE SCHEMA admin", "schema | schema admin"},
             {"CREATE VIEW public.v AS SELECT set_config('a.b', 'c', false)", "view | view public.v | calls set_config"},
             {"CREATE MATERIALIZED VIEW public.m AS SELECT 1 AS one", "materialized view | "},
             {"CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER t BEFORE "
              "UPDATE ON public.partner FOR EACH ROW EXECUTE FUNCTION public.t()",
              "trigger | trigger t on table public.partner | runs public.t()"},
             {"CREATE TRIGGER u BEFORE UPDATE ON public.partner FOR EACH ROW EXECUTE FUNCTION "
              "suppress_redundant_updates_trigger()",
              "trigger | trigger u on"},
             {"CREATE RULE r AS ON DELETE TO public.partner DO INSTEAD NOTHING", "rule | "},
             {"CREATE POLICY p ON public.partner USING (true)", "policy | "},
             {"ALTER TABLE public.partner ALTER name SET DEFAULT set_config('search_path', 'public', false)",
              "default | column name of table public.partner | calls set_config"},
             {"ALTER TABLE public.partner ADD g boolean GENERATED ALWAYS AS (public.f()) STORED", "generated column | "},
             {"ALTER TABLE public.partner ADD CONSTRAINT c CHECK (query_to_xml('SELECT 1', true, true, '') IS NOT NULL)",
              "constraint | constraint c on table public.partner | calls query_to_xml"},
             {"CREATE INDEX i ON public.partner (public.f())", "index | index public.i | calls public.f()"},
             {"CREATE INDEX j ON public.partner (id) WHERE public.f()", "index | index public.j | calls public.f()"},
             {"CREATE STATISTICS public.s ON (public.f()), name FROM public.partner", "statistics | "},
             {"CREATE TABLE public.k (a int) PARTITION BY LIST ((public.f() AND a > 0))", "partition key | "},
             {"CREATE COLLATION public.o (LOCALE = 'C')", "collation | "},
             {"CREATE TEXT SEARCH CONFIGURATION public.w (COPY = pg_catalog.simple)", "text search configuration | "},
             {"CREATE EXTENSION hstore SCHEMA public", "extension | extension hstore"},
         }) {
        asOdoo(sql);
        EXPECT_THAT(OdooCode::beyondExpected(read()), Contains(StartsWith(line))) << sql;
    }
}

TEST(OdooCode, TheAdviceNamesTheHandymansSession) {
    EXPECT_THAT(OdooCode::advice(madeUpNames()), HasSubstr("sudo -u lee psql -X -d Odoo-Martel.14"));
}

}  // namespace
}  // namespace boxtest::testing
