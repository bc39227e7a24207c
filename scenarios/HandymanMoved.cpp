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

/// She leaves files everywhere where she can write, one of them set-user-ID, and objects of System V. Root adds what she has only
/// where there is a mail server, cron or at, a file of hers in a folder that is not hers, and files of the admin beside hers.
void leaveTraces(RunningGuest& guest, Session& session) {
    const auto& names = guest.names();
    const auto done = session.run(R"sh(
set -e
mkdir -p ~/boxtest-things
echo hers >~/boxtest-things/file
cp -L "$(command -v env)" ~/boxtest-things/set-user-id
chmod 4755 ~/boxtest-things/set-user-id
for place in /tmp /var/tmp /dev/shm $(find "/run/user/$(id -u)" -prune 2>/dev/null); do
  echo hers >"$place/boxtest-file"
  mkdir "$place/boxtest-folder"
  cp -L "$(command -v env)" "$place/boxtest-folder/set-user-id"
  chmod 4755 "$place/boxtest-folder/set-user-id"
  mkfifo "$place/boxtest-pipe"
  ln -s /srv/boxtest-admins "$place/boxtest-link"
done
ln -s /srv/boxtest-admins ~/boxtest-things/link
mkdir -m 777 /tmp/boxtest-open
ipcmk -M 4096 >/dev/null
ipcmk -S 1 >/dev/null
ipcmk -Q >/dev/null
)sh");
    if (!done.succeeded()) throw GuestError("she cannot leave traces: " + done.describe());
    guest.factsAsRoot(fmt::format(R"sh(
set -e
hers() {{ echo hers >"$1"; chown {0} "$1"; chmod 4755 "$1"; }}
mkdir -p /var/spool/cron/crontabs /var/spool/cron/atjobs /var/spool/at /srv /var/mail
hers /var/spool/cron/crontabs/{0}
hers /var/spool/cron/atjobs/a0000101c9c3f2
hers /var/spool/at/boxtest
hers /var/mail/{0}
hers /srv/boxtest-hers
echo admins >/srv/boxtest-admins
echo admins >/tmp/boxtest-open/admins
home=$(sed -n 's/^{0}:.*:\([^:]*\):[^:]*$/\1/p' /etc/passwd)
echo admins >"$home/boxtest-things/admins"
for file in /srv/boxtest-admins /tmp/boxtest-open/admins "$home/boxtest-things/admins"; do chown {1} "$file" && chmod 4755 "$file"; done
)sh",
                                  names.handyman, names.admin));
}

/// How many objects of System V there are: the three titles, and one line for each.
std::string ipcObjects(RunningGuest& guest) { return guest.factsAsRoot("cat /proc/sysvipc/* | wc -l | tr -d '\n'"); }

/// What has her number or would serve the next account with this number, as text; and what belongs to somebody else.
std::string traces(RunningGuest& guest, const std::string& uid) {
    return guest.factsAsRoot(fmt::format(R"sh(
find / \( -path /proc -o -path /sys -o -path /nix/store \) -prune -o \( -uid {0} -o -gid {0} \) -print 2>/dev/null | head -n 9
find /tmp /var/tmp /dev/shm /run/user /var/spool/cron /var/spool/at \( -name 'boxtest-*' ! -name boxtest-open -o -name boxtest \
  -o -name set-user-id -o -path '*/crontabs/?*' -o -path '*/atjobs/?*' \) 2>/dev/null | sed 's/^/there is still /'
find /home /srv /var/mail -type f -perm /6000 ! -name admins ! -name boxtest-admins | sed 's/^/sets the user: /'
find /srv/boxtest-hers /home/*/boxtest-things/file -maxdepth 0 \( -perm /077 -o ! -user 0 \) | sed "s/^/not root's alone: /"
)sh",
                                         uid));
}
constexpr auto ofTheAdmin = "stat -c '%U %a' /srv/boxtest-admins /tmp/boxtest-open/admins /home/*/boxtest-things/admins";

SCENARIO(HandymanNothingElse, RemovedSheIsGoneWithAllThatWasHers, Effect::changes, .slow = true, .ownMachine = true) {
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
    const auto objects = ipcObjects(guest());
    leaveTraces(guest(), session);
    const auto admins = guest().factsAsRoot(ofTheAdmin);
    ASSERT_EQ(std::stoi(ipcObjects(guest())), std::stoi(objects) + 3) << "her objects of System V are not seen";
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
)sh",
        shellQuote(names().handyman), uid));
    facts.equal(std::string(), rest, "her account, her keys");
    facts.equal(std::string(), traces(guest(), uid), "what she left behind");
    facts.equal(objects, ipcObjects(guest()), "her objects of System V");
    facts.equal(admins, guest().factsAsRoot(ofTheAdmin), "files of the admin beside hers");
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

/// As on NixOS, whose new configuration removes the account before it starts the unit.
SCENARIO(HandymanNothingElse, RemovedAfterHerAccountNothingOfHersIsLeft, Effect::changes, .slow = true, .ownMachine = true) {
    const auto uid = guest().factsAsRoot("id -u " + shellQuote(names().handyman) + " | tr -d '\n'");
    const auto objects = ipcObjects(guest());
    leaveTraces(guest(), guest().session(names().handyman));
    const auto admins = guest().factsAsRoot(ofTheAdmin);
    ASSERT_EQ(std::stoi(ipcObjects(guest())), std::stoi(objects) + 3) << "her objects of System V are not seen";
    guest().factsAsRoot(fmt::format("sed -i '/^{}:/d' /etc/passwd /etc/shadow /etc/group\n! id {} 2>/dev/null", names().handyman,
                                    names().handyman));
    configure(guest(), "");
    startAnew(guest());

    Facts facts;
    facts.equal(std::string(), traces(guest(), uid), "what she left behind");
    facts.equal(objects, ipcObjects(guest()), "her objects of System V");
    facts.equal(admins, guest().factsAsRoot(ofTheAdmin), "files of the admin beside hers");
    EXPECT_ANY_THROW(guest().session(names().handyman).run({"true"})) << "her session goes on";
    EXPECT_TRUE(facts.hold());
}

SCENARIO(HandymanNothingElse, SheLeavesNoMessageQueues, Effect::rollsBack) {
    // A queue is a file only where a file system of queues is mounted, but each user could make one without it.
    const auto tried = [&](const std::string& user) {
        return guest().factsAsRoot(fmt::format(
            R"sh(unshare -m sh -c 'mount -t mqueue none /mnt || exit
setpriv --reuid={} --clear-groups -- sh -c ": >/mnt/boxtest" 2>/dev/null
echo $?; ls /mnt; rm -f /mnt/boxtest')sh",
            user));
    };
    EXPECT_EQ(tried("root"), "0\nboxtest\n");
    EXPECT_THAT(tried(names().handyman), testing::Not(testing::HasSubstr("boxtest"))) << "she can leave a message queue";
}

}  // namespace
}  // namespace boxtest
