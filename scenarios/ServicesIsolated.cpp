#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "Facts.hpp"
#include "SandboxClone.hpp"
#include "Scenario.hpp"
#include "Sections.hpp"
#include "UnitFacts.hpp"

namespace boxtest {
namespace {

using testing::IsEmpty;

constexpr unsigned long long netBindService = 1ULL << 10;

class ServicesIsolated : public Scenario {
   protected:
    /// The answers of all services' sandboxes to the probes of these kinds. A probe costs a process in a cold machine: a scenario
    /// asks for what it judges, and no more.
    static std::vector<SandboxFindings> findings(const std::set<std::string>& kinds) {
        std::map<std::string, std::string> scripts;
        for (const Manifest::Service& service : manifest().services.all()) scripts[service.unit] = probes(service, kinds);
        return probeSandboxes(guest(), scripts);
    }

    static const Manifest::Service& serviceOf(const std::string& unit) {
        for (const Manifest::Service& service : manifest().services.all()) {
            if (service.unit == unit) return service;
        }
        throw std::logic_error("no service " + unit);
    }

    static std::vector<std::string> systemPlaces() {
        return {"/",
                "/etc",
                "/usr",
                "/usr/bin",
                "/opt",
                "/srv",
                "/var",
                "/var/lib",
                "/boot",
                "/root",
                "/home",
                "/run",
                "/mnt",
                "/etc/systemd/system",
                "/run/systemd/system",
                "/sys/fs/cgroup",
                "/dev"};
    }
    static std::vector<std::string> secrets() {
        return {"/etc/shadow",
                "/etc/gshadow",
                "/etc/sudoers",
                "/etc/ssh/ssh_host_ed25519_key",
                "/root",
                "/home/" + names().admin,
                "/home/" + names().handyman};
    }

    static std::string probes(const Manifest::Service& self, const std::set<std::string>& kinds) {
        std::string script;
        const auto can = [&](const std::string& name, const std::string& command) {
            if (!kinds.contains(name.substr(0, name.find(':')))) return;
            script += fmt::format("can {} {}\n", Session::quote(name), command);
        };
        for (const auto& place : systemPlaces()) can("write:" + place, "create " + Session::quote(place));
        for (const auto* file : {"/etc/passwd", "/usr/bin/env", "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
                                 "/proc/sysrq-trigger"}) {
            can(std::string("overwrite:") + file, std::string("overwrite ") + file);
        }
        for (const auto& secret : secrets()) can("read:" + secret, "look " + Session::quote(secret));
        for (const Manifest::Service& service : manifest().services.all()) {
            for (const auto& path : service.privatePaths) {
                if (service.unit == self.unit) {
                    can("own:" + path, "look " + Session::quote(path));
                } else {
                    can("foreign:" + path, "look " + Session::quote(path));
                    can("foreign-write:" + path, "create " + Session::quote(path));
                }
            }
        }
        const auto postgresql = Session::quote(manifest().services.postgresql.unit);
        can("privilege:sudo", "sudo -n true");
        can("privilege:sudo to superuser", "sudo -n -u " + Session::quote(names().superuser) + " true");
        can("privilege:su", "su -c true root");
        can("privilege:mount", "mount -t tmpfs none /mnt");
        can("privilege:user namespace", "unshare -U true");
        can("privilege:mount namespace", "unshare -m true");
        can("privilege:systemctl", "systemctl --no-ask-password reset-failed " + postgresql);
        can("privilege:systemd-run", "systemd-run --no-ask-password --wait true");
        can("privilege:journal", "sh -c 'test -n \"$(journalctl -q -n 1 --no-pager 2>/dev/null)\"'");
        can("privilege:dmesg", "dmesg");
        can("processes:signal init", "kill -0 1");
        can("processes:see others",
            "sh -c 'me=$(id -u); for p in /proc/[0-9]*; do o=$(stat -c %u \"$p\" 2>/dev/null) || continue; "
            "[ \"$o\" = \"$me\" ] || { echo \"$p of uid $o\"; exit 0; }; done; exit 1'");
        // Where the service may write it may not run what it wrote, nor give it away as somebody's.
        if (kinds.contains("places")) {
            script += R"sh(
for place in $(printf %s "${STATE_DIRECTORY-}:${CACHE_DIRECTORY-}:${LOGS_DIRECTORY-}:/tmp:/var/tmp:/dev/shm" | tr : ' '); do
  file=$place/.boxtest-$$
  if { printf '#!/bin/sh\nexit 0\n' > "$file" && chmod 700 "$file"; } 2>/dev/null; then
    can "places:$place" true
    can "run:$place" "$file"
    can "setuid:$place" chmod 4755 "$file"
    rm -f "$file"
  fi
done
)sh";
        }
        can("network:", "sh -c 'grep -v -e \"^ *lo:\" /proc/self/net/dev | grep :'");
        return script;
    }

    static void expectBlocked(Facts& facts, const SandboxFindings& sandbox, const std::string& prefix) {
        const auto probes = sandbox.named(prefix);
        facts.expect(!probes.empty(), sandbox.unit + ": no probe of the kind " + prefix);
        for (const auto& probe : probes) {
            const auto& answer = sandbox.at(probe);
            facts.expect(!answer.allowed, "inside " + sandbox.unit + " this worked: " + probe + " " + answer.detail);
        }
    }
};

TEST_F(ServicesIsolated, EveryProcessIsWithoutPrivileges) {
    Facts facts;
    for (const auto& unit : UnitFacts::gather(guest())) {
        // nginx needs the two low ports and nothing more.
        facts.expect(unit.runs(), unit.unit);
        const auto mayHave = unit.unit == manifest().services.nginx.unit ? netBindService : 0ULL;
        for (const auto& process : unit.processes) {
            for (const auto* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
                const auto value = process.field(set);
                ASSERT_FALSE(value.empty()) << unit.unit << ": " << process.describe();
                facts.expect((std::stoull(value, nullptr, 16) & ~mayHave) == 0,
                             unit.unit + ": " + process.describe() + " has capabilities: " + set + " = " + value);
            }
            facts.equal(std::string("1"), process.field("NoNewPrivs"),
                        unit.unit + ": " + process.describe() + " may gain privileges");
            facts.equal(std::string("2"), process.field("Seccomp"),
                        unit.unit + ": " + process.describe() + " has no system call filter");
        }
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, TheUnitsRunAsTheirFilesSay) {
    const auto units = UnitFacts::gather(guest());
    for (const auto& unit : units) {
        EXPECT_EQ(unit.property("NeedDaemonReload"), "no") << unit.unit << ": its files were changed and not loaded";
    }
    Facts facts;
    for (const auto& sandbox : findings({})) {
        const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.unit == sandbox.unit; });
        const auto* live = unit->mainProcess();
        if (!live) {
            facts.expect(false, sandbox.unit + " has no main process to compare with");
            continue;
        }
        for (const auto* field : {"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs",
                                  "Seccomp", "Seccomp_filters"}) {
            ASSERT_TRUE(sandbox.status.contains(field)) << sandbox.unit << ": " << field;
            facts.equal(
                splitWords(sandbox.status.at(field)), splitWords(live->field(field)),
                sandbox.unit + ": " + field + " of the running service differs from that of one started now by the same files");
        }
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, TheSystemIsReadOnlyToThem) {
    Facts facts;
    for (const auto& sandbox : findings({"write", "overwrite", "places"})) {
        expectBlocked(facts, sandbox, "write:");
        expectBlocked(facts, sandbox, "overwrite:");
        facts.expect(!sandbox.named("places:").empty(),
                     sandbox.unit + " can write nowhere, not even where it must: the probe is blind");
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, SecretsAndHomesAreOutOfTheirReach) {
    std::string script;
    for (const auto& secret : secrets()) script += fmt::format("test -e {0} || echo {0}\n", Session::quote(secret));
    ASSERT_THAT(splitLines(guest().factsAsRoot(script + "true")), IsEmpty()) << "these are not there, so that nothing is proved";
    Facts facts;
    for (const auto& sandbox : findings({"read"})) expectBlocked(facts, sandbox, "read:");
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, NoServiceReachesAnothersData) {
    // What is not there cannot be out of reach; and what is a service's own it must reach in its clone too, or the probe is
    // blind.
    std::string script;
    for (const Manifest::Service& service : manifest().services.all()) {
        ASSERT_FALSE(service.privatePaths.empty()) << service.unit;
        for (const auto& path : service.privatePaths)
            script += fmt::format("echo '== '{0}; stat -c %U {0}\n", Session::quote(path));
    }
    const auto owners = Sections::parse(guest().factsAsRoot(script + "true"));
    Facts facts;
    for (const auto& sandbox : findings({"own", "foreign", "foreign-write"})) {
        expectBlocked(facts, sandbox, "foreign:");
        expectBlocked(facts, sandbox, "foreign-write:");
        const auto& service = serviceOf(sandbox.unit);
        for (const auto& path : service.privatePaths) {
            ASSERT_NE(owners.line(path), "") << path << " is not there";
            if (owners.line(path) != service.user) continue;
            facts.expect(sandbox.at("own:" + path).allowed,
                         sandbox.unit + " cannot even read " + path + ": " + sandbox.at("own:" + path).detail);
        }
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, NoWayUpAndNoWayOut) {
    Facts facts;
    for (const auto& sandbox : findings({"privilege", "processes"})) {
        expectBlocked(facts, sandbox, "privilege:");
        expectBlocked(facts, sandbox, "processes:");
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, WhatTheyWriteDoesNotRun) {
    Facts facts;
    for (const auto& sandbox : findings({"places"})) {
        expectBlocked(facts, sandbox, "run:");
        expectBlocked(facts, sandbox, "setuid:");
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, PostgresqlAndPgadminHaveNoNetwork) {
    Facts facts;
    for (const auto& sandbox : findings({"network"})) {
        const auto& service = serviceOf(sandbox.unit);
        const bool needsNetwork = service.unit == manifest().services.odoo.unit || service.unit == manifest().services.nginx.unit;
        facts.equal(needsNetwork, sandbox.at("network:").allowed,
                    sandbox.unit + " sees the interfaces lo " + sandbox.at("network:").detail);
    }
    EXPECT_TRUE(facts.hold());
}

TEST_F(ServicesIsolated, TheProbesLeaveNothing) {
    const auto left = [] {
        return guest().factsAsRoot(
            "ls -d /run/boxtest-* /run/systemd/system/boxtest-* 2>/dev/null; systemctl list-units --all --plain --no-legend "
            "'boxtest-*'; true");
    };
    ASSERT_FALSE(findings({"network"}).empty());
    EXPECT_EQ(left(), "");
}

}  // namespace
}  // namespace boxtest
