#include <fmt/format.h>
#include <gmock/gmock.h>

#include "Backup.hpp"
#include "Facts.hpp"
#include "Sections.hpp"
#include "Survey.hpp"

namespace boxtest {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAreArray;

SCENARIO(Backup, AHotOneIsTakenWhileOdooServes, Effect::changes, .slow = true) {
    const auto life = [] {
        return property(odooUnit(), "MainPID") + " since " + property(odooUnit(), "ActiveEnterTimestampMonotonic");
    };
    const auto before = life();
    const auto name = take(backup().hot);
    EXPECT_THAT(name, StartsWith("hot-"));
    EXPECT_TRUE(intact(name));
    EXPECT_THAT(Survey::ofBackups(guest()).findings(), IsEmpty());
    EXPECT_EQ(life(), before) << "Odoo was restarted";
    EXPECT_TRUE(odooServes());
}

SCENARIO(Backup, ForAColdOneOdooStandsStill, Effect::changes, .slow = true) {
    const auto name = take(backup().cold);
    EXPECT_THAT(name, StartsWith("cold-"));
    EXPECT_TRUE(intact(name));
    EXPECT_THAT(Survey::ofBackups(guest()).findings(), IsEmpty());
    EXPECT_TRUE(odooServes());
    const auto moment = [](const std::string& unit, const std::string& which) {
        return std::stoll(property(unit, which + "TimestampMonotonic"));
    };
    EXPECT_LE(moment(odooUnit(), "InactiveEnter"), moment(backup().cold, "ExecMainStart")) << "Odoo still ran";
    EXPECT_GE(moment(odooUnit(), "InactiveExit"), moment(backup().cold, "ExecMainExit")) << "Odoo ran again too early";
}

SCENARIO(Backup, ItsFilesAreReadableByRootOnly, Effect::changes, .slow = true) {
    const auto name = take(backup().hot);
    const auto folder = pathOf(name);
    const auto files = splitLines(root(fmt::format("find {} -type f", Session::quote(folder))));
    ASSERT_GE(files.size(), 4U);
    // Folders have mode 0700 and files 0600, and root owns all of them.
    EXPECT_THAT(
        splitLines(root(fmt::format("find {} \\( -type d -perm 700 -o -type f -perm 600 \\) -user root -group root -o -print",
                                    Session::quote(backup().directory)))),
        IsEmpty())
        << "open to others than root, or not root's";
    const auto attempts = [&] {
        std::string script = "ls -- " + Session::quote(folder) + " && echo LISTED; ";
        for (const auto& file : files) script += fmt::format("head -c1 -- {} >/dev/null && echo READ; ", Session::quote(file));
        return script;
    }();
    EXPECT_THAT(root(attempts), testing::HasSubstr("READ")) << "not even root reads them: nothing is proved";
    Facts facts;
    const auto nothing = [&](const CommandResult& result, const std::string& user) {
        facts.expect(result.out.empty() && result.err.find("Permission denied") != std::string::npos,
                     user + ": " + result.describe());
    };
    nothing(guest().session(names().handyman).run("export LC_ALL=C; " + attempts), names().handyman);
    for (const auto& user : {names().superuser, names().odoo, names().pgadmin, manifest().services.nginx.user}) {
        nothing(guest().asRoot(fmt::format("setpriv --reuid={0} --regid={0} --init-groups /bin/sh -c {1}", Session::quote(user),
                                           Session::quote(attempts))),
                user);
    }
    EXPECT_TRUE(facts.hold());
}

SCENARIO(Backup, OneThatFailsLeavesThePreviousInPlace, Effect::changes, .slow = true) {
    const auto previous = take(backup().hot);
    const auto all = backups();
    {
        Obstacle obstacle;
        // PostgreSQL ends the dump.
        obstacle.stop(backup().hot);
        obstacle.endDump();
        EXPECT_NE(obstacle.result(), "success");
        EXPECT_TRUE(failed(backup().hot));
        EXPECT_THAT(backups(), UnorderedElementsAreArray(all)) << "the previous one must stay, and nothing of the failed one";
        // Like a crash of the machine: the incomplete backup stays, but does not count as a backup.
        obstacle.stop(backup().hot);
        root("systemctl kill --signal=KILL -- " + Session::quote(backup().hot));
        EXPECT_EQ(obstacle.result(), "signal");
        EXPECT_TRUE(failed(backup().hot));
        EXPECT_THAT(splitLines(root("ls -- " + Session::quote(backup().directory))), UnorderedElementsAreArray(all));
    }
    // The file system has room for the previous backup and little more.
    const auto directory = Session::quote(backup().directory);
    root(
        fmt::format("cp -a {0}/{1} /run/boxtest-previous; mount -t tmpfs -o mode=700,size=$(( $(du -sk {0}/{1} | cut -f1) + 512 "
                    "))k boxtest {0};"
                    " mv /run/boxtest-previous {0}/{1}",
                    directory, previous));
    EXPECT_FALSE(start(backup().hot).succeeded());
    EXPECT_TRUE(failed(backup().hot));
    EXPECT_THAT(backups(), testing::ElementsAre(previous));
    EXPECT_TRUE(intact(previous));
    root("umount -- " + directory);
    EXPECT_TRUE(intact(previous));
    // Nothing prevents the next backup, not even remains of the failed one.
    EXPECT_TRUE(intact(take(backup().hot)));
    EXPECT_THAT(backups(), Not(Contains(StartsWith("."))));
}

SCENARIO(Backup, AColdOneThatFailsStartsOdooAgain, Effect::changes, .slow = true) {
    Obstacle obstacle;
    obstacle.stop(backup().cold);
    EXPECT_EQ(property(odooUnit(), "ActiveState"), "inactive") << "Odoo must stand still meanwhile";
    obstacle.endDump();
    EXPECT_NE(obstacle.result(), "success");
    EXPECT_TRUE(failed(backup().cold));
    EXPECT_TRUE(odooServes());
}

SCENARIO(Backup, OlderOnesGoOnlyAfterANewOneIsComplete, Effect::changes, .slow = true) {
    const auto first = take(backup().hot);
    // As many older backups as are kept; also a folder that only looks like a backup, and one of the other kind.
    std::string script = "cd -- " + Session::quote(backup().directory) + "; ";
    std::vector<std::string> older, others{"hot-by-hand", "cold-20200101T000000Z"};
    for (int day = 1; day <= backup().keep; ++day) older.push_back(fmt::format("hot-202001{:02}T000000Z", day));
    for (const auto& name : older) script += fmt::format("cp -a {} {}; ", first, name);
    for (const auto& name : others) script += fmt::format("cp -a {} {}; ", first, name);
    root(script);
    const auto all = backups();
    {
        Obstacle obstacle;
        obstacle.stop(backup().hot);
        obstacle.endDump();
        EXPECT_NE(obstacle.result(), "success");
    }
    EXPECT_THAT(backups(), UnorderedElementsAreArray(all)) << "one that fails removes none";

    const auto newest = take(backup().hot);
    std::vector<std::string> kept{newest, first};
    for (std::size_t at = older.size(); kept.size() < static_cast<std::size_t>(backup().keep) && at > 0; --at)
        kept.push_back(older[at - 1]);
    kept.resize(std::min(kept.size(), static_cast<std::size_t>(backup().keep)));
    const auto left = backups();
    std::vector<std::string> leftHot;
    std::copy_if(left.begin(), left.end(), std::back_inserter(leftHot),
                 [](const auto& name) { return name.starts_with("hot-") && name != "hot-by-hand"; });
    EXPECT_THAT(leftHot, UnorderedElementsAreArray(kept)) << "the newest " << backup().keep << " must be kept, and no others";
    EXPECT_THAT(left, testing::IsSupersetOf(others));
}

SCENARIO(Backup, ItsTimerTakesOne, Effect::changes, .slow = true) {
    const auto timer = [](const std::string& unit) { return unit.substr(0, unit.rfind('.')) + ".timer"; };
    Facts facts;
    for (const auto& unit : {backup().hot, backup().cold}) {
        facts.equal(unit, property(timer(unit), "Unit"), timer(unit) + " starts");
        facts.expect(property(timer(unit), "TimersCalendar").find("OnCalendar=") != std::string::npos,
                     timer(unit) + " has a schedule");
    }
    ASSERT_TRUE(facts.hold());
    // The machine's own boot has enabled the timer: this only removes what prevents a machine for tests from starting it.
    for (const auto& unit : {backup().hot, backup().cold}) {
        const auto name = timer(unit);
        facts.equal(std::string("timers.target"), property(name, "WantedBy"), name + " is started at boot by");
        facts.equal(std::string("loaded"), property(name, "LoadState"), name + ": its file");
        facts.equal(std::string("no"), property(name, "NeedDaemonReload"), name + ": its files were changed and not loaded");
        facts.expect(property(name, "ConditionTimestampMonotonic") != "0", name + " was not even considered at the boot");
    }
    EXPECT_TRUE(facts.hold()) << "no backup is taken by itself";
    root("touch /run/odoo-box-timers");
    const auto before = backups();
    const auto hot = Session::quote(timer(backup().hot));
    // Sets the clock to a minute after the next scheduled time: systemd may take up to a minute to wake up. systemctl waits only
    // for jobs that it has started itself, so poll until a backup has ended, but only while the timer is active.
    root(fmt::format(
        "systemctl start -- {0}; cut -d. -f1 /proc/uptime >/run/boxtest-uptime; date +%s >/run/boxtest-clock;"
        " date -s \"@$(( $(date -d \"$(systemctl show -P NextElapseUSecRealtime -- {0})\" +%s) + 61 ))\";"
        " until [ \"$(systemctl show -P ExecMainExitTimestampMonotonic -- {1})\" -gt \"$(cat /run/boxtest-uptime)000000\" ] &&"
        " [ \"$(systemctl show -P ActiveState -- {1})\" != activating ]; do"
        " [ \"$(systemctl show -P ActiveState -- {0})\" = active ] || exit 1; sleep 0.2; done",
        hot, Session::quote(backup().hot)));
    EXPECT_EQ(property(backup().hot, "Result"), "success") << "the backup that the timer started has failed";
    const auto after = backups();
    root(
        fmt::format("systemctl stop -- {}; rm /run/odoo-box-timers; date -s \"@$(( $(cat /run/boxtest-clock) + $(cut -d. -f1 "
                    "/proc/uptime) - $(cat "
                    "/run/boxtest-uptime) ))\"",
                    hot));
    ASSERT_EQ(after.size(), before.size() + 1);
    EXPECT_TRUE(intact(after.back()));
}

SCENARIO(Backup, EachThatIsThereIsWorthARestore, Effect::reads, .notLive = "it reads all of every backup") {
    // The machine may have none yet; the slow scenarios hold each that they take against the same.
    EXPECT_THAT(Survey::ofBackups(guest()).findings(), IsEmpty());
}

SCENARIO(Backup, WhatItRunsAndHowItIsSetIsRootsAlone, Effect::reads,
         .notLive = "it needs boxtest-probe, which only a guest made to be tested has") {
    // The scripts, the units and their drop-ins: a drop-in could change what is kept, and for how long.
    EXPECT_THAT(Survey::ofConfiguration(guest()).findings(), IsEmpty());
    // Something else in the folder would be in the place of a backup: "latest" could restore it, and good ones would go instead
    // of it.
    const auto now = root("date --utc +%Y%m%dT%H%M%SZ");
    for (const auto& name : backups()) {
        EXPECT_THAT(name, testing::MatchesRegex("(hot|cold)-[0-9]{8}T[0-9]{6}Z"))
            << "nothing that the box has made: " << pathOf(name);
        EXPECT_LE(name.substr(name.find('-') + 1), splitLines(now).at(0))
            << "a backup of a time that has not come: " << pathOf(name);
    }
}

}  // namespace
}  // namespace boxtest
