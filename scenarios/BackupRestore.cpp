#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "Backup.hpp"
#include "Facts.hpp"
#include "Sections.hpp"
#include "base/Base64.hpp"
#include "base/Differences.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;
using testing::IsSupersetOf;
using Json = nlohmann::json;

/// Data created in Odoo before a backup, through its API: a partner, and an attachment, which Odoo stores in its file store.
struct Given {
    int partner = 0;
    int attachment = 0;
    std::string file;  ///< The attachment's file in the guest.
};

/// The content that must be restored.
struct Content {
    std::vector<std::string> rows;
    std::vector<std::string> structure;  ///< Relations, constraints, and the privileges on them.
    std::vector<std::string> files;      ///< Owner, group, hash and name.
};

constexpr auto partnerName = "Boxtest & Söhne";
std::string attachedBytes() {
    std::string bytes;
    for (int at = 0; at < 5000; ++at) bytes += static_cast<char>(at * 7 % 251);
    return bytes;
}

OdooClient loggedIn(RunningGuest& guest) {
    auto odoo = guest.odoo();
    const auto& web = guest.manifest().web.odoo;
    if (!odoo.login(web.login, web.password())) throw GuestError("Odoo refuses the manifest's login");
    return odoo;
}

/// Arguments for find(1) in a script: the folders that contain Odoo's file store.
std::string odooPaths(const Manifest& manifest) {
    std::string all;
    for (const auto& path : manifest.services.odoo.privatePaths) all += " " + Session::quote(path);
    return all;
}

Given give(RunningGuest& guest) {
    auto odoo = loggedIn(guest);
    Given given;
    const Json partner{{"name", partnerName}};
    const Json attachment{{"name", "boxtest.bin"}, {"datas", base64(attachedBytes())}};
    given.partner = odoo.call("res.partner", "create", Json::array({partner})).get<int>();
    given.attachment = odoo.call("ir.attachment", "create", Json::array({attachment})).get<int>();
    auto admin = guest.adminDatabase(guest.names().odooDatabase);
    const auto row = admin.execute("SELECT store_fname FROM public.ir_attachment WHERE id = $1", given.attachment);
    const auto name = row[0][0].as<std::string>("");
    const auto found =
        splitLines(guest.factsAsRoot(fmt::format("find{} -type f ! -path '*/checklist/*' -path {}", odooPaths(guest.manifest()),
                                                 Session::quote("*/filestore/*/" + name))));
    if (found.size() != 1) throw GuestError(fmt::format("{} files hold the attachment '{}', not one", found.size(), name));
    given.file = found.front();
    return given;
}

void takeBack(RunningGuest& guest, const Given& given) {
    auto odoo = loggedIn(guest);
    odoo.call("ir.attachment", "unlink", Json::array({Json::array({given.attachment})}));
    odoo.call("res.partner", "unlink", Json::array({Json::array({given.partner})}));
}

/// For files: owner, group, hash and path; their modes depend on the umask of the writer, below a closed folder. Odoo keeps
/// running: of the data that it may add to by itself, only what is as old as the given data is compared.
Content contentOf(RunningGuest& guest, const Given& given) {
    auto admin = guest.adminDatabase(guest.names().odooDatabase);
    const auto lines = [&](const std::string& sql) {
        std::vector<std::string> all;
        for (const auto& row : admin.execute(sql)) all.push_back(row[0].as<std::string>("<null>"));
        return all;
    };
    Content content;
    content.rows = lines(fmt::format(
        "SELECT format('partner %s %s %s %s', id, name, email, parent_id) FROM public.res_partner UNION ALL "
        "SELECT format('user %s %s %s %s', id, login, password, partner_id) FROM public.res_users UNION ALL "
        "SELECT format('attachment %s %s %s %s', id, name, store_fname, checksum) FROM public.ir_attachment WHERE id <= {} UNION "
        "ALL "
        "SELECT format('model data %s', count(*)) FROM public.ir_model_data UNION ALL "
        "SELECT format('partner sequence %s', last_value) FROM public.res_partner_id_seq ORDER BY 1",
        given.attachment));
    // The number of rows of every table, except tables that Odoo itself writes to in the meantime.
    const auto counts = lines(
        "SELECT string_agg(format('SELECT format(''table %%s has %%s rows'', %L, count(*)) FROM public.%I', relname, relname), ' "
        "UNION "
        "ALL ') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname !~ "
        "'^(bus_|ir_cron|ir_logging|ir_attachment$|ir_profile|res_users_log|res_device|mail_)'");
    for (auto& line : lines(counts.at(0) + " ORDER BY 1")) content.rows.push_back(std::move(line));
    content.structure = lines(
        "SELECT format('%s %s of %s: %s', relkind, relname, relowner::regrole, (SELECT string_agg(x, ' ' ORDER BY x) FROM "
        "unnest(relacl::text[]) x)) FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL "
        "SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint "
        "WHERE "
        "connamespace = 'public'::regnamespace UNION ALL "
        "SELECT format('default for %s: %s %s', defaclrole::regrole, defaclobjtype, (SELECT string_agg(x, ' ' ORDER BY x) FROM "
        "unnest(defaclacl::text[]) x)) FROM pg_default_acl UNION ALL "
        "SELECT format('schema %s of %s: %s', nspname, nspowner::regrole, (SELECT string_agg(x, ' ' ORDER BY x) FROM "
        "unnest(nspacl::text[]) x)) FROM pg_namespace WHERE nspname !~ '^pg_' UNION ALL "
        "SELECT format('function %s %s: %s', oid::regprocedure, provolatile, (SELECT string_agg(x, ' ' ORDER BY x) FROM "
        "unnest(proacl::text[]) x)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace OR proname ~ '^lo_' UNION ALL "
        "SELECT format('extension %s of %s', extname, extowner::regrole) FROM pg_extension UNION ALL "
        "SELECT format('database %s of %s: %s', datname, datdba::regrole, (SELECT string_agg(x, ' ' ORDER BY x) FROM "
        "unnest(datacl::text[]) x)) FROM pg_database ORDER BY 1");
    content.files = splitLines(guest.factsAsRoot(fmt::format(
        "find{} -type f -path '*/filestore/*' ! -path '*/checklist/*' -printf '%u:%g ' -exec sha256sum {{}} \\; | sort",
        odooPaths(guest.manifest()))));
    return content;
}

/// The elements of @p these that are not in @p those, in any order.
std::vector<std::string> only(std::vector<std::string> these, std::vector<std::string> those) {
    std::ranges::sort(these);
    std::ranges::sort(those);
    return onlyInFirst(these, those);
}

/// Compares everything: through the database, through the files, and as Odoo shows it.
void expectAllBack(RunningGuest& guest, const Given& given, const Content& before) {
    const auto after = contentOf(guest, given);
    // Compares differences: a message truncates a list of two hundred lines before the line that differs.
    EXPECT_THAT(only(after.rows, before.rows), IsEmpty()) << "rows that were not there before the backup";
    EXPECT_THAT(only(before.rows, after.rows), IsEmpty()) << "rows that are not back";
    EXPECT_THAT(only(after.structure, before.structure), IsEmpty()) << "structure that was not there before the backup";
    EXPECT_THAT(only(before.structure, after.structure), IsEmpty()) << "structure that is not back";
    EXPECT_THAT(only(before.files, after.files), IsEmpty()) << "files that are not back";
    auto odoo = loggedIn(guest);
    const auto partner = odoo.call("res.partner", "read", Json::array({Json::array({given.partner}), Json::array({"name"})}));
    EXPECT_EQ(partner.at(0).at("name"), partnerName);
    const auto attachment =
        odoo.call("ir.attachment", "read", Json::array({Json::array({given.attachment}), Json::array({"datas"})}));
    EXPECT_EQ(attachment.at(0).at("datas"), base64(attachedBytes()));
}

SCENARIO(Backup, ARestoreOfAHotOneBringsBackWhatWasDroppedAndSpoilt, Effect::changes, .slow = true) {
    const auto given = give(guest());
    const auto before = contentOf(guest(), given);
    const auto name = take(backup().hot);
    {
        auto admin = guest().adminDatabase(names().odooDatabase);
        admin.execute("DROP TABLE public.res_partner CASCADE");
        admin.execute(
            "DELETE FROM public.ir_attachment; UPDATE public.ir_config_parameter SET value = 'spoilt'; CREATE TABLE "
            "public.boxtest_later ()");
    }
    root(
        fmt::format("rm -- {0}; find \"$(dirname \"$(dirname {0})\")\" -type f ! -path '*/checklist/*' | head -n 3 |"
                    " while read -r file; do echo spoilt >\"$file\"; done",
                    Session::quote(given.file)));

    const auto restored = start(backup().restoreOf(name));
    ASSERT_TRUE(restored.succeeded()) << restored.describe()
                                      << root("journalctl -q --no-pager -o cat -n 10 -u " +
                                              Session::quote(backup().restoreOf(name)));
    ASSERT_TRUE(odooServes());
    expectAllBack(guest(), given, before);
    {
        auto admin = guest().adminDatabase("postgres");
        EXPECT_THAT(column(admin, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1"),
                    testing::UnorderedElementsAre(names().odooDatabase, names().pgadminDatabase, "postgres"))
            << "the old database must be gone";
    }
    if (!hasOwnMachine()) takeBack(guest(), given);
}

SCENARIO(Backup, ARestoreOfTheLatestMakesAnewWhatIsGoneAltogether, Effect::changes, .slow = true) {
    const auto given = give(guest());
    const auto before = contentOf(guest(), given);
    take(backup().cold);
    ASSERT_TRUE(odooServes());
    root("systemctl stop -- " + Session::quote(odooUnit()));
    guest().adminDatabase("postgres").execute("DROP DATABASE " + quoteName(names().odooDatabase) + " WITH (FORCE)");
    root(fmt::format("rm -r -- \"$(dirname \"$(dirname \"$(dirname {})\")\")\"", Session::quote(given.file)));

    const auto restored = start(backup().restoreOf("latest"));
    ASSERT_TRUE(restored.succeeded()) << restored.describe();
    ASSERT_TRUE(odooServes());
    expectAllBack(guest(), given, before);
    if (!hasOwnMachine()) takeBack(guest(), given);
}

SCENARIO(Backup, AfterARestoreRightsAreAsBefore, Effect::changes, .slow = true) {
    const auto name = take(backup().hot);
    const auto restored = start(backup().restoreOf(name));
    ASSERT_TRUE(restored.succeeded()) << restored.describe();
    const auto asRole = [](const std::string& user, const std::string& sql) {
        return guest().asRoot(
            fmt::format("setpriv --reuid={0} --regid={0} --init-groups psql -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate"
                        " -h {1} -p {2} -d {3} -c {4}",
                        Session::quote(user), Session::quote(manifest().postgresql.socketDirectory), manifest().postgresql.port,
                        Session::quote(names().odooDatabase), Session::quote(sql)));
    };
    const auto update = "UPDATE res_partner SET comment = comment RETURNING 'changed'";
    auto handyman = guest().database(names().handyman, names().handyman, names().odooDatabase);
    const auto changed = handyman.attempt(update);
    EXPECT_TRUE(worked(changed));
    EXPECT_GT(changed.affected, 0U);
    EXPECT_TRUE(worked(handyman.attempt("SELECT setval('res_partner_id_seq', last_value) FROM res_partner_id_seq")));
    Facts facts;
    for (const auto& sql : {"TRUNCATE res_partner", "DROP TABLE res_partner", "CREATE TABLE public.boxtest ()",
                            "ALTER TABLE res_partner ADD boxtest int"})
        facts.expect(refusedWith(sqlstate::insufficientPrivilege, handyman.attempt(sql)), sql);
    EXPECT_TRUE(facts.hold());
    const auto pgadmin = asRole(names().pgadmin, update);
    EXPECT_THAT(pgadmin.out, testing::StartsWith("changed")) << pgadmin.describe();
    const auto truncate = asRole(names().pgadmin, "TRUNCATE res_partner");
    EXPECT_THAT(truncate.err, testing::HasSubstr(sqlstate::insufficientPrivilege)) << truncate.describe();
    // Objects that Odoo creates from now on must have these privileges too.
    const auto made = asRole(names().odoo, "CREATE TABLE public.boxtest_later (id int)");
    ASSERT_TRUE(made.succeeded()) << made.describe();
    EXPECT_TRUE(worked(handyman.attempt("INSERT INTO public.boxtest_later VALUES (1)")));
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, handyman.attempt("TRUNCATE public.boxtest_later")));
    EXPECT_TRUE(asRole(names().odoo, "DROP TABLE public.boxtest_later").succeeded());
    EXPECT_TRUE(odooServes());
}

SCENARIO(Backup, ARestoreOfAnIncompleteOneIsRefusedAndDestroysNothing, Effect::changes, .slow = true) {
    const auto whole = take(backup().hot);
    const auto identity = [] {
        auto admin = guest().adminDatabase(names().odooDatabase);
        return single(
            admin,
            "SELECT oid || ' ' || (SELECT count(*) FROM public.res_partner) FROM pg_database WHERE datname = current_database()");
    };
    const auto before = identity();
    const auto files = root(fmt::format("find{} -path '*/filestore/*' ! -path '*/checklist/*' | sort", odooPaths(manifest())));
    // Newer than the complete backup: "latest" must not fall back to the older one by itself.
    const std::string cut = "hot-20990101T000000Z", torn = "hot-20990102T000000Z";
    root(fmt::format("cd -- {}; cp -a {} {}; truncate -s -1 {}/database.dump; cp -a {} {}; rm {}/filestore.tar",
                     Session::quote(backup().directory), whole, cut, cut, whole, torn, torn));
    for (const auto& name : {cut, std::string("latest")}) {
        const auto unit = backup().restoreOf(name);
        EXPECT_FALSE(start(unit).succeeded()) << unit << " has restored a backup that is not whole";
        EXPECT_TRUE(failed(unit));
        EXPECT_THAT(root("journalctl -q --no-pager -o cat -u " + Session::quote(unit)),
                    testing::HasSubstr("nothing was changed"));
    }
    EXPECT_FALSE(start(backup().restoreOf("hot-20200101T000000Z")).succeeded()) << "there is none of this name";
    EXPECT_EQ(identity(), before);
    ASSERT_TRUE(odooServes());
    EXPECT_THAT(splitLines(root(fmt::format("find{} -path '*/filestore/*' ! -path '*/checklist/*'", odooPaths(manifest())))),
                IsSupersetOf(splitLines(files)));
}

}  // namespace
}  // namespace boxtest
