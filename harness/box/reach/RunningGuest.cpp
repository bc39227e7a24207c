#include "reach/RunningGuest.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Error.hpp"
#include "base/StderrLog.hpp"
#include "base/Transcript.hpp"
#include "ready/Readiness.hpp"

namespace boxtest {

Deadline connectDeadline() { return Deadline::in(std::chrono::minutes(2)); }

namespace {

std::string doubled(const std::string& text, char quote) {
    std::string result(1, quote);
    for (const char letter : text) {
        if (letter == quote) result += quote;
        result += letter;
    }
    return result + quote;
}

}  // namespace

RunningGuest::RunningGuest(Manifest manifest, Ports ports, SshTarget target, const FailureLatch* failure)
    : manifest_(std::move(manifest)), ports_(ports), target_(std::move(target)), failure_(failure) {}

RunningGuest::RunningGuest(Manifest manifest, Login login, const FailureLatch* failure)
    : manifest_(std::move(manifest)), failure_(failure), login_(std::move(login)) {
    session(names().admin);
}

void RunningGuest::openWeb(Reached& connected) {
    for (auto [remote, local] : {std::pair{manifest_.web.httpPort, &ports_.http}, {manifest_.web.httpsPort, &ports_.https}}) {
        connected.web.push_back(Tunnel::toTcp(connected.session, "127.0.0.1", remote));
        *local = connected.web.back().port();
    }
}

void RunningGuest::noteUse(const std::string& user, GuestConnection admins, GuestConnection handymans) {
    if (user == names().admin) used_.insert(admins);
    if (user == names().handyman) used_.insert(handymans);
}

RunningGuest::Reached& RunningGuest::reached(const std::string& user) {
    noteUse(user, GuestConnection::adminSession, GuestConnection::handymanSession);
    auto found = reached_.find(user);
    if (found != reached_.end() && !found->second.session.alive()) {
        // Destroy what uses the session before the session itself.
        found->second.tunnel.reset();
        found->second.rootShell.reset();
        found->second.web.clear();
        reached_.erase(found);
        found = reached_.end();
    }
    if (found == reached_.end()) {
        auto session =
            login_ ? login_(user) : Session::connect(target_, user, manifest_.ssh.keyOf(user), connectDeadline(), failure_);
        found = reached_.emplace(user, Reached{std::move(session), std::nullopt, std::nullopt, {}}).first;
        if (login_ && user == names().admin) openWeb(found->second);
    }
    return found->second;
}

Session& RunningGuest::session(const std::string& user) { return reached(user).session; }

Tunnel& RunningGuest::tunnel(const std::string& user) {
    auto& connected = reached(user);
    noteUse(user, GuestConnection::adminTunnel, GuestConnection::handymanTunnel);
    if (!connected.tunnel)
        connected.tunnel.emplace(
            Tunnel::toUnixSocket(connected.session, manifest_.postgresql.socketPath(), Endpoint::localSocket()));
    return *connected.tunnel;
}

Database RunningGuest::database(const std::string& user, const std::string& role, const std::string& database) {
    return Database::connect(Endpoint::of(tunnel(user)), role, database, connectDeadline(), failure_);
}

ConnectOutcome RunningGuest::attemptConnect(const std::string& user, const std::string& role, const std::string& database) {
    return Database::attemptConnect(Endpoint::of(tunnel(user)), role, database, connectDeadline(), failure_);
}

Database RunningGuest::adminDatabase(const std::string& database) {
    return this->database(names().admin, names().admin, database);
}

bool RunningGuest::hasRootShell() const {
    const auto found = reached_.find(names().admin);
    return found != reached_.end() && found->second.rootShell && found->second.rootShell->alive();
}

RemoteShell& RunningGuest::rootShell() {
    auto& connected = reached(names().admin);
    used_.insert(GuestConnection::rootShell);
    if (!hasRootShell()) connected.rootShell.emplace(connected.session, "sudo -n -- /bin/sh");
    return *connected.rootShell;
}

CommandResult RunningGuest::asRoot(const std::string& script, const RunOptions& options) {
    const auto inC = "export LC_ALL=C; " + script;
    if (options.input.empty()) {
        auto& shell = rootShell();
        auto& transcript = Transcript::ofProcess();
        const auto asked = transcript.ask("command", "root", script);
        auto result = shell.run(inC, options.deadline, options.outputLimit);
        transcript.answered(asked, result.describe());
        return result;
    }
    return session(names().admin).run({"sudo", "-n", "--", "/bin/sh", "-c", inC}, options);
}

std::string RunningGuest::journalNow(std::size_t lines, Deadline deadline) {
    if (!hasRootShell()) return {};
    return rootShell().run(fmt::format("LC_ALL=C journalctl -q --no-pager -o short-precise -n {}", lines), deadline).out;
}

std::string RunningGuest::factsAsRoot(const std::string& script) {
    auto result = asRoot(script);
    if (!result.succeeded())
        throw GuestError(fmt::format("cannot gather facts as root: {}; the script:\n{}", result.describe(), script));
    return std::move(result.out);
}

void RunningGuest::open(const GuestConnections& connections) {
    const auto wants = [&](GuestConnection connection) { return connections.contains(connection); };
    if (wants(GuestConnection::adminSession)) session(names().admin);
    if (wants(GuestConnection::handymanSession)) session(names().handyman);
    if (wants(GuestConnection::rootShell) && !hasRootShell()) asRoot(":");
    if (wants(GuestConnection::adminTunnel)) tunnel(names().admin);
    if (wants(GuestConnection::handymanTunnel)) tunnel(names().handyman);
}

void RunningGuest::waitUntilReady(Deadline deadline) {
    StderrLog log;
    const FailureLatch none;
    const auto& failure = failure_ ? *failure_ : none;
    Readiness(manifest_, GuestAccess::of(manifest_, ports_, failure), log, failure).wait(deadline);
}

std::string RunningGuest::pythonScript(const Manifest& manifest) {
    return fmt::format(
        R"sh(for unit in {} {}; do
                 pid=$(systemctl show -P MainPID -- "$unit")
                 [ "${{pid:-0}}" -gt 0 ] || continue
                 exe=$(readlink "/proc/$pid/exe")
                 case $exe in */python3*) printf %s "$exe"; exit 0;; esac
               done
               command -v python3 | tr -d '\n')sh",
        shellQuote(manifest.services.odoo.unit), shellQuote(manifest.services.pgadmin.unit));
}

const std::string& RunningGuest::python() {
    if (!noPython_.empty()) throw GuestError(noPython_);
    if (python_.empty()) {
        const auto& services = manifest_.services;
        const auto found = asRoot(pythonScript(manifest_));
        if (!found.succeeded() || found.out.empty()) {
            auto why = fmt::format("no Python to probe with: neither '{}' nor '{}' runs one, and there is no python3 ({})",
                                   services.odoo.unit, services.pgadmin.unit, found.describe());
            if (login_) noPython_ = why;
            throw GuestError(why);
        }
        python_ = found.out;
    }
    return python_;
}

HttpClient RunningGuest::http() const {
    return HttpClient(HttpOptions{.domain = manifest_.names.domain,
                                  .httpsPort = ports_.https,
                                  .httpPort = ports_.http,
                                  .caCertificate = manifest_.web.caCertificate,
                                  .failure = failure_});
}

OdooClient RunningGuest::odoo() const { return OdooClient(http(), manifest_.web.odoo.path); }

PgadminClient RunningGuest::pgadmin() const { return PgadminClient(http(), manifest_.web.pgadmin.path); }

std::string quoteName(const std::string& name) { return doubled(name, '"'); }

std::string quoteText(const std::string& text) { return doubled(text, '\''); }

}  // namespace boxtest
