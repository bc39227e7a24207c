#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Scenario.hpp"
#include "base/Error.hpp"
#include "db/Transaction.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

/// Tables, a sequence and a view that Odoo's own role makes while the test runs; dropped again, and the proof of it is the
/// next one's failure to make them.
class LaterObjects {
   public:
    /// `takeBack`: others will use this machine.
    LaterObjects(Database& admin, const std::string& odoo, bool takeBack) : admin_(admin), odoo_(odoo), takeBack_(takeBack) {
        drop();
        asOdoo(
            "CREATE TABLE public.boxtest_parent (id serial PRIMARY KEY, name text NOT NULL);"
            "CREATE TABLE public.boxtest_child (id serial PRIMARY KEY, parent_id int NOT NULL REFERENCES public.boxtest_parent "
            "ON DELETE RESTRICT);"
            "CREATE VIEW public.boxtest_view AS SELECT p.name, count(c.id) AS children FROM public.boxtest_parent p LEFT JOIN "
            "public.boxtest_child c ON c.parent_id = p.id GROUP BY p.name");
    }
    LaterObjects(const LaterObjects&) = delete;
    LaterObjects& operator=(const LaterObjects&) = delete;
    ~LaterObjects() {
        if (!takeBack_) return;
        try {
            drop();
        } catch (const std::exception& error) {
            ADD_FAILURE() << "cannot drop what this scenario made: " << error.what();
        }
    }

   private:
    void asOdoo(const std::string& sql) {
        admin_.execute("SET SESSION AUTHORIZATION " + quoteName(odoo_));
        const auto outcome = admin_.attempt(sql);
        admin_.execute("RESET SESSION AUTHORIZATION");
        if (!outcome.succeeded()) throw GuestError("Odoo's role cannot make or drop its own tables: " + outcome.describe());
    }
    void drop() {
        asOdoo(
            "SET client_min_messages = warning; DROP VIEW IF EXISTS public.boxtest_view;"
            "DROP TABLE IF EXISTS public.boxtest_child, public.boxtest_parent");
    }

    Database& admin_;
    std::string odoo_;
    bool takeBack_;
};

class HandymanData : public Scenario {
   protected:
    static Database handyman() { return guest().database(names().handyman, names().handyman, names().odooDatabase); }
};

TEST_F(HandymanData, SheMayReadAndWriteEveryTableAndSequenceOfOdoo) {
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

TEST_F(HandymanData, SheReadsPartnersAndUsers) {
    auto database = handyman();
    EXPECT_GT(std::stoi(single(database, "SELECT count(*) FROM res_users u JOIN res_partner p ON p.id = u.partner_id")), 0);
    EXPECT_GT(database.copyOut("COPY (SELECT id, name FROM res_partner) TO STDOUT").size(), 0U);
    EXPECT_THAT(database.copyOut("COPY res_users (login) TO STDOUT (FORMAT csv)"), testing::HasSubstr("admin"));
}

TEST_F(HandymanData, SheInsertsUpdatesAndDeletesRows) {
    auto database = handyman();
    {
        const Transaction transaction(database);
        const auto id =
            single(database, "INSERT INTO ir_config_parameter (key, value) VALUES ('boxtest.key', 'one') RETURNING id");
        EXPECT_EQ(database.execute("UPDATE ir_config_parameter SET value = 'two' WHERE id = " + id).affected_rows(), 1);
        EXPECT_EQ(single(database, "SELECT value FROM ir_config_parameter WHERE key = 'boxtest.key' FOR UPDATE"), "two");
        EXPECT_EQ(database
                      .execute("INSERT INTO ir_config_parameter (id, key, value) VALUES (" + id +
                               ", 'boxtest.key', 'x') ON CONFLICT (id) DO UPDATE SET value = 'three'")
                      .affected_rows(),
                  1);
        EXPECT_EQ(database.execute("DELETE FROM ir_config_parameter WHERE id = " + id).affected_rows(), 1);
        EXPECT_GT(database.execute("UPDATE res_partner SET comment = comment WHERE id = (SELECT min(id) FROM res_partner)")
                      .affected_rows(),
                  0);
    }
    EXPECT_EQ(single(database, "SELECT count(*) FROM ir_config_parameter WHERE key LIKE 'boxtest.%'"), "0")
        << "the rollback left something";
}

TEST_F(HandymanData, SheUsesSequences) {
    auto database = handyman();
    const auto sequence = single(database, "SELECT pg_get_serial_sequence('res_partner', 'id')");
    ASSERT_NE(sequence, "<null>");
    const auto name = quoteText(sequence);
    EXPECT_GT(std::stoi(single(database, "SELECT nextval(" + name + ")")), 0);
    EXPECT_EQ(single(database, "SELECT currval(" + name + ") = last_value FROM " + sequence), "t");
    // To where it is.
    EXPECT_EQ(single(database, "SELECT setval(" + name + ", last_value, is_called) = last_value FROM " + sequence), "t");
}

TEST_F(HandymanData, ForeignKeysHoldForHerToo) {
    auto database = handyman();
    Transaction transaction(database);
    EXPECT_TRUE(
        refusedWith(sqlstate::foreignKeyViolation,
                    transaction.attempt("UPDATE res_partner SET parent_id = -1 WHERE id = (SELECT min(id) FROM res_partner)")));
    EXPECT_TRUE(refusedWith(sqlstate::foreignKeyViolation, transaction.attempt("DELETE FROM res_company")));
    EXPECT_TRUE(worked(transaction.attempt(
        "UPDATE res_partner SET parent_id = (SELECT partner_id FROM res_company ORDER BY id LIMIT 1) WHERE id = "
        "(SELECT max(id) FROM res_partner)")));
}

TEST_F(HandymanData, SheReadsAndWritesWhatOdooCreatesAfterwards) {
    auto admin = guest().adminDatabase(names().odooDatabase);
    const LaterObjects later(admin, names().odoo, !hasOwnMachine());
    auto database = handyman();
    database.begin();
    EXPECT_TRUE(worked(database.attempt("INSERT INTO public.boxtest_parent (name) VALUES ('a'), ('b')")));
    EXPECT_TRUE(worked(
        database.attempt("INSERT INTO public.boxtest_child (parent_id) SELECT id FROM public.boxtest_parent WHERE name = 'a'")));
    EXPECT_EQ(single(database, "SELECT string_agg(name || children, ',' ORDER BY name) FROM public.boxtest_view"), "a1,b0");
    EXPECT_TRUE(worked(database.attempt("UPDATE public.boxtest_parent SET name = 'c' WHERE name = 'b'")));
    EXPECT_TRUE(worked(database.attempt("SELECT setval('public.boxtest_parent_id_seq', 100)")));
    EXPECT_TRUE(worked(database.attempt("DELETE FROM public.boxtest_child")));
    EXPECT_EQ(database.copyIn("COPY public.boxtest_parent (name) FROM STDIN", "d\ne\n"), 2U);
    EXPECT_EQ(database.copyOut("COPY (SELECT name FROM public.boxtest_parent ORDER BY name) TO STDOUT"), "a\nc\nd\ne\n");
    database.rollback();
    // What she may not do with Odoo's older tables she may not do with these.
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("TRUNCATE public.boxtest_child")));
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database.attempt("DROP TABLE public.boxtest_child")));
}

TEST_F(HandymanData, OdooSeesWhatSheWrites) {
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
