/// Tests the box's own unit for handymen, which runs at each start and when the configuration changes: it resets what a role may
/// set for itself, moves a handyman to the group, and removes a handyman who is not configured any more.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Facts.hpp"
#include "HandymanNothingElse.hpp"
#include "base/Error.hpp"

namespace boxtest {
namespace {

constexpr auto unit = "odoo-box-handymen.service";

/// Restarts the unit, as the next start of the machine or of PostgreSQL does.
void startAnew(RunningGuest& guest) {
    const auto done =
        guest.asRoot(std::string("systemctl restart -- ") + unit + " || { journalctl -q -n 20 -u " + unit + "; false; }",
                     {.input = {}, .deadline = Deadline::in(std::chrono::minutes(10))});
    if (!done.succeeded()) throw GuestError(std::string(unit) + " failed: " + done.describe());
}

/// Replaces the configuration's list of handymen by these lines.
void configure(RunningGuest& guest, const std::string& lines) {
    const auto done = guest.asRoot(fmt::format(R"sh(
set -e
list=$(systemctl show -P Environment -- {} | tr ' ' '\n' | sed -n 's/^HANDYMEN=//p')
real=$(readlink -f "$list")
grep -qx '# handymen of this machine' "$real"
new=$(mktemp /run/boxtest-list.XXXXXX)
{{ echo '# handymen of this machine'; cat; }} >"$new"
chmod 644 "$new"
# In a store of packages nobody writes.
if cat "$new" 2>/dev/null >"$real"; then rm "$new"; else mount --bind "$new" "$real"; fi
)sh",
                                               unit),
                                   {.input = lines, .deadline = Deadline::in(std::chrono::minutes(1))});
    if (!done.succeeded()) throw GuestError("cannot change the list of handymen: " + done.describe());
}

/// All that the cluster stores about pgAdmin's role and database and about the handyman's role, and the rights that objects of
/// the box's roles get when they are made, as text.
std::string known(RunningGuest& guest) {
    auto admin = guest.adminDatabase("postgres");
    const auto& names = guest.names();
    std::string all;
    const auto rows = admin.execute(fmt::format(
        "SELECT concat_ws(' ', rolname, rolpassword IS NULL, rolconnlimit, (SELECT string_agg(setconfig::text, ' ') FROM "
        "pg_db_role_setting WHERE setrole = r.oid), (SELECT string_agg(roleid::regrole::text || set_option, ' ' ORDER BY 1) "
        "FROM pg_auth_members WHERE member = r.oid)) AS line FROM pg_authid r WHERE rolname IN ({0}, {1}) UNION ALL "
        "SELECT concat_ws(' ', datname, datdba::regrole, datconnlimit, datallowconn, has_database_privilege('public', oid, "
        "'CONNECT'), (SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = d.oid AND setrole = 0), "
        "shobj_description(oid, 'pg_database')) FROM pg_database d WHERE datname = {2} ORDER BY 1",
        quoteText(names.handyman), quoteText(names.pgadmin), quoteText(names.pgadminDatabase)));
    for (const auto& row : rows) all += row["line"].as<std::string>() + "\n";
    for (const auto& database : {names.odooDatabase, names.pgadminDatabase}) {
        all += database + "\n";
        const auto defaults = guest.adminDatabase(database).execute(
            "SELECT concat_ws(' ', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, (SELECT string_agg(x, ' ' "
            "ORDER BY x) FROM unnest(defaclacl::text[]) x)) AS line FROM pg_default_acl ORDER BY 1");
        for (const auto& row : defaults) all += row["line"].as<std::string>() + "\n";
    }
    return all;
}

SCENARIO(HandymanNothingElse, WhatSheMayGiveHerselfIsTakenBackAtTheNextStart, Effect::changes) {
    // PostgreSQL cannot refuse these statements, as the documentation says.
    const auto before = known(guest());
    const auto role = quoteName(names().handyman);
    EXPECT_TRUE(worked(database().attempt("ALTER ROLE " + role + " PASSWORD 'hers'")));
    EXPECT_TRUE(worked(database().attempt("ALTER ROLE " + role + " SET work_mem = '1GB'")));
    EXPECT_TRUE(worked(database().attempt("ALTER ROLE " + role + " IN DATABASE " + quoteName(names().odooDatabase) +
                                          " SET statement_timeout = '1d'")));
    {
        Transaction transaction(database());
        EXPECT_TRUE(worked(transaction.attempt("LOCK TABLE res_country IN ACCESS EXCLUSIVE MODE")));
    }
    // Of a role whose rights she has: the group loses its rights to Odoo's later tables.
    const auto group = quoteName(names().handymanGroup);
    EXPECT_TRUE(worked(database().attempt("DROP OWNED BY " + group)));
    EXPECT_TRUE(worked(database().attempt("ALTER DEFAULT PRIVILEGES FOR ROLE " + group + " GRANT ALL ON TABLES TO PUBLIC")));
    EXPECT_TRUE(worked(database().attempt("ALTER DEFAULT PRIVILEGES FOR ROLE " + quoteName(names().pgadmin) +
                                          " GRANT ALL ON TABLES TO PUBLIC")));
    // A right of her own, which an administrator gave her once.
    guest().adminDatabase(names().odooDatabase).execute("GRANT TRUNCATE ON public.res_country TO " + role);
    ASSERT_NE(known(guest()), before);
    startAnew(guest());
    EXPECT_EQ(known(guest()), before);
    EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, database().attempt("TRUNCATE res_country CASCADE")));
    // No privilege was revoked, so her sessions continue.
    EXPECT_EQ(single(database(), "SELECT current_user"), names().handyman);
}

SCENARIO(HandymanNothingElse, MovedToTheGroupSheHasNothingOfWhatSheTook, Effect::changes, .ownMachine = true) {
    const auto role = quoteName(names().handyman), pgadmin = quoteName(names().pgadmin);
    const auto pgadminDatabase = quoteName(names().pgadminDatabase);
    const auto documented = known(guest());
    // The expected state of a handyman in the group, on a machine without other changes.
    configure(guest(), names().handyman + " group\n");
    startAnew(guest());
    const auto inGroup = known(guest());
    ASSERT_NE(inGroup, documented) << "the move changed nothing";
    configure(guest(), names().handyman + " documented\n");
    startAnew(guest());
    ASSERT_EQ(known(guest()), documented) << "the way back is another";

    auto her = guest().database(names().handyman, names().handyman, names().odooDatabase);
    for (const auto& statement :
         {"ALTER ROLE " + role + " PASSWORD 'hers'", "ALTER ROLE " + role + " SET work_mem = '1GB'",
          "GRANT CONNECT ON DATABASE " + pgadminDatabase + " TO PUBLIC",
          "ALTER DATABASE " + pgadminDatabase + " SET default_transaction_read_only = on",
          "ALTER DATABASE " + pgadminDatabase + " CONNECTION LIMIT 1", "COMMENT ON DATABASE " + pgadminDatabase + " IS 'hers'",
          "SET ROLE " + pgadmin, "ALTER ROLE " + pgadmin + " PASSWORD 'hers'",
          "ALTER ROLE " + pgadmin + " SET default_transaction_read_only = on", std::string("RESET ROLE"), "SET ROLE " + pgadmin})
        ASSERT_TRUE(worked(her.attempt(statement))) << statement;

    configure(guest(), names().handyman + " group\n");
    startAnew(guest());
    EXPECT_EQ(known(guest()), inGroup);
    EXPECT_ANY_THROW(her.execute("SELECT 1")) << "the session in which she is pgAdmin's role goes on";
    startAnew(guest());
    EXPECT_EQ(known(guest()), inGroup) << "done again it does something else";
    auto now = guest().database(names().handyman, names().handyman, names().odooDatabase);
    EXPECT_GT(std::stoi(single(now, "SELECT count(*) FROM res_users")), 0) << "she has lost what a handyman has";
    for (const auto& statement : {"SET ROLE " + pgadmin, "SET ROLE " + quoteName(names().handymanGroup)})
        EXPECT_TRUE(refusedWith(sqlstate::insufficientPrivilege, now.attempt(statement))) << statement;
}

SCENARIO(HandymanNothingElse, RemovedSheIsGoneWithAllThatWasHers, Effect::changes, .ownMachine = true) {
    auto& session = guest().session(names().handyman);
    const auto uid = guest().factsAsRoot("id -u " + shellQuote(names().handyman) + " | tr -d '\n'");
    ASSERT_TRUE(session.run("setsid sh -c 'while :; do sleep 1000; done' >/dev/null 2>&1 </dev/null &").succeeded());
    const auto processes = fmt::format("grep -l -s '^Uid:.*[[:space:]]{}[[:space:]]' /proc/[0-9]*/status | wc -l", uid);
    // The process that she left running starts asynchronously: wait for a shell and its child.
    const auto seen = guest().factsAsRoot(fmt::format(
        "end=$(($(date +%s) + 90)); until [ \"$({0})\" -ge 3 ] || [ \"$(date +%s)\" -ge \"$end\" ]; do sleep 0.1; done; {0}",
        processes));
    ASSERT_GE(std::stoi(seen), 3) << "her session and what she left running are not seen";
    ASSERT_EQ(single(database(), "SELECT current_user"), names().handyman) << "her tunnel does not work";
    auto admin = guest().adminDatabase("postgres");
    // She has more privileges than the box grants.
    guest().adminDatabase(names().odooDatabase).execute("GRANT TRUNCATE ON public.res_country TO " + quoteName(names().handyman));

    configure(guest(), "");
    startAnew(guest());

    Facts facts;
    EXPECT_ANY_THROW(session.run({"true"})) << "her session goes on";
    EXPECT_ANY_THROW(database().execute("SELECT 1")) << "her connection through a tunnel goes on";
    facts.equal(std::string("0"), single(admin, "SELECT count(*) FROM pg_roles WHERE rolname = " + quoteText(names().handyman)),
                "her role is still there");
    facts.equal(std::string("0"),
                single(admin, "SELECT count(*) FROM pg_stat_activity WHERE usename = " + quoteText(names().handyman)),
                "she is still connected");
    facts.equal(std::string("0\n"), guest().factsAsRoot(processes), "processes of hers");
    const auto rest = guest().factsAsRoot(fmt::format(
        R"sh(
getent passwd {0} || true; getent passwd {1} || true; ls /etc/ssh/authorized_keys.d/{0} 2>/dev/null || true
find / -xdev \( -path /proc -o -path /sys \) -prune -o -uid {1} -print 2>/dev/null | head -n 5
)sh",
        shellQuote(names().handyman), uid));
    facts.equal(std::string(), rest, "her account, her keys, or files of her number");
    try {
        Session::connect(guest().sshTarget(), names().handyman, manifest().ssh.keyOf(names().handyman),
                         Deadline::in(std::chrono::minutes(2)), guest().failure());
        facts.expect(false, "her key lets her in");
    } catch (const AuthenticationError&) {
        // Expected.
    }
    EXPECT_TRUE(facts.hold());
    // The other users are unaffected.
    EXPECT_TRUE(guest().session(names().admin).run({"true"}).succeeded());
    EXPECT_EQ(guest().http().get("/web/login").status, 200);
    startAnew(guest());
}

}  // namespace
}  // namespace boxtest
