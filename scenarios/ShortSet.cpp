#include "ShortSet.hpp"

#include <fmt/format.h>

#include <set>

#include "PeerProbe.hpp"
#include "ProcNet.hpp"
#include "Sections.hpp"
#include "Survey.hpp"
#include "UnitFacts.hpp"
#include "db/Sqlstate.hpp"
#include "db/Transaction.hpp"

namespace boxtest {

namespace {

bool isLoopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

std::string mainPidOf(const std::string& unit) { return "systemctl show -P MainPID -- " + shellQuote(unit); }

}  // namespace

void ShortSet::expectAll(Facts& facts) {
    expectNoTcp(facts);
    expectPeer(facts);
    expectHandyman(facts);
    expectWalls(facts);
    expectPeople(facts);
    expectNothingUnknown(facts);
}

void ShortSet::expectNoTcp(Facts& facts) {
    const auto& manifest = guest_.manifest();
    const auto sections = Sections::parse(guest_.factsAsRoot("pid=$(" + mainPidOf(manifest.services.postgresql.unit) +
                                                             ")\necho '== host'; cat /proc/1/net/tcp /proc/1/net/tcp6\necho '== "
                                                             "postgresql'; cat /proc/$pid/net/tcp /proc/$pid/net/tcp6"));
    std::set<std::uint16_t> outside;
    for (const auto& socket : parseProcNet(sections.at("host"))) {
        if (!socket.listening) continue;
        facts.expect(socket.port != manifest.postgresql.port, socket.describe() + " listens");
        if (!isLoopback(socket.address)) outside.insert(socket.port);
    }
    facts.equal(std::set<std::uint16_t>{manifest.ssh.port, manifest.web.httpPort, manifest.web.httpsPort}, outside,
                "ports that listen on an outside address");
    // Its own network namespace, or the machine's, which was judged above.
    for (const auto& socket : parseProcNet(sections.at("postgresql")))
        facts.expect(!socket.listening || socket.port != manifest.postgresql.port, "PostgreSQL: " + socket.describe());
    auto database = guest_.adminDatabase("postgres");
    facts.equal(std::string(), database.execute("SHOW listen_addresses")[0][0].as<std::string>(), "listen_addresses");
}

void ShortSet::expectPeer(Facts& facts) {
    const auto& name = guest_.names();
    std::vector<PeerAttempt> attempts;
    for (const auto& [role, database] : std::vector<std::pair<std::string, std::string>>{{name.superuser, "postgres"},
                                                                                         {name.admin, "postgres"},
                                                                                         {name.odoo, name.odooDatabase},
                                                                                         {name.pgadmin, name.pgadminDatabase},
                                                                                         {name.handyman, name.odooDatabase}}) {
        for (const auto& osUser : {name.superuser, name.odoo, name.handyman, role, std::string("root")})
            attempts.push_back({.osUser = osUser, .role = role, .database = database});
    }
    probePeers(guest_, attempts);
    for (const auto& attempt : attempts) {
        const bool same = attempt.osUser == attempt.role;
        facts.equal(std::string(same ? sqlstate::success : sqlstate::invalidAuthorization), attempt.sqlstate,
                    attempt.describe() + " " + attempt.message);
    }
}

void ShortSet::expectHandyman(Facts& facts) {
    const auto& name = guest_.names();
    auto database = guest_.database(name.handyman, name.handyman, name.odooDatabase);
    {
        Transaction transaction(database);
        const auto outcome = transaction.attempt("UPDATE res_partner SET name = name RETURNING id");
        facts.equal(std::string(sqlstate::success), outcome.sqlstate, "the handyman's UPDATE: " + outcome.describe());
    }
    for (const auto* statement : {"TRUNCATE res_users", "CREATE TABLE public.boxtest (n int)", "ALTER SYSTEM SET port = 1"}) {
        const auto outcome = database.attempt(statement);
        facts.equal(std::string(sqlstate::insufficientPrivilege), outcome.sqlstate,
                    std::string(statement) + ": " + outcome.describe());
    }
}

void ShortSet::expectWalls(Facts& facts) {
    const auto& services = guest_.manifest().services;
    for (const auto& unit : UnitFacts::gather(guest_)) {
        facts.expect(unit.runs(), unit.unit);
        facts.equal(std::string("no"), unit.property("NeedDaemonReload"), unit.unit + " differs from its files");
        const auto most = unit.unit == services.nginx.unit ? netBindService : 0;
        for (const auto& process : unit.processes) {
            const auto who = unit.unit + ": " + process.describe();
            facts.equal(unit.uid, splitWords(process.field("Uid")).at(0), who + ", uid");
            facts.equal(std::string("1"), process.field("NoNewPrivs"), who + ", NoNewPrivs");
            facts.equal(std::string("2"), process.field("Seccomp"), who + ", seccomp");
            for (const auto* set : {"CapEff", "CapPrm", "CapBnd"})
                facts.expect((std::stoull(process.field(set), nullptr, 16) & ~most) == 0, who + ", " + set);
        }
    }
    // In each service's own mount namespace: nothing of the system can be written, and the others' data has mode 0.
    for (const Manifest::Service& service : services.all()) {
        std::string script = "pid=$(" + mainPidOf(service.unit) + ")\ninside() { nsenter -t \"$pid\" -m -- \"$@\"; }\n";
        // The first line tells that stat works there, too.
        script += "inside stat -c %a / >/dev/null && inside grep -E '^[^ ]+ / ' /proc/self/mounts | tail -n 1\n";
        for (const Manifest::Service& other : {services.postgresql, services.odoo, services.pgadmin})
            if (other.unit != service.unit)
                // What is not there at all is hidden from nobody.
                script += fmt::format("if test -e {0}; then inside stat -c %a -- {0} || echo hidden; else echo missing; fi\n",
                                      shellQuote(other.privatePaths.at(0)));
        const auto lines = splitLines(guest_.factsAsRoot("{ " + script + "true; } 2>/dev/null"));
        if (lines.empty()) {
            facts.expect(false, service.unit + " has no mount namespace to look into");
            continue;
        }
        facts.expect(lines.front().find(" ro,") != std::string::npos, service.unit + " may write to /: " + lines.front());
        for (std::size_t i = 1; i < lines.size(); ++i)
            facts.expect(lines[i] == "0" || lines[i] == "hidden", service.unit + " sees another's data, mode " + lines[i]);
        facts.equal(std::size_t{service.unit == services.nginx.unit ? 4U : 3U}, lines.size(),
                    service.unit + ": how much was looked at");
    }
}

void ShortSet::expectPeople(Facts& facts) {
    const auto& name = guest_.names();
    const auto admin = guest_.session(name.admin).run({"sudo", "-n", "-u", name.superuser, "id", "-un"});
    facts.equal(name.superuser + "\n", admin.out, "the admin's sudo: " + admin.describe());
    const auto handyman = guest_.session(name.handyman).run({"sudo", "-n", "true"});
    facts.expect(!handyman.succeeded(), "the handyman's sudo works");
}

void ShortSet::expectNothingUnknown(Facts& facts) {
    for (const auto& survey :
         {Survey::run(guest_, "doors"), Survey::ofAccounts(guest_), Survey::ofFiles(guest_), Survey::ofServer(guest_)}) {
        for (const auto& finding : survey.findings()) facts.expect(false, finding);
    }
}

}  // namespace boxtest
