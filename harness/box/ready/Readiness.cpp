#include "ready/Readiness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/WaitTicker.hpp"
#include "ready/UnitState.hpp"
#include "ssh/SshError.hpp"
#include "web/WebPath.hpp"

namespace boxtest {

namespace {

/// On a busy host, a guest can need more than ten seconds for the first SSH handshake. After a try that ran out of time, the next
/// try gets more time.
constexpr auto longestTry = std::chrono::minutes(2);

std::vector<std::string> unitsOf(const Manifest& manifest) {
    std::vector<std::string> units;
    for (const Manifest::Service& service : manifest.services.all()) units.push_back(service.unit);
    return units;
}

std::chrono::duration<double> timeSince(std::chrono::steady_clock::time_point begun) {
    return std::chrono::steady_clock::now() - begun;
}

std::string secondsSince(std::chrono::steady_clock::time_point begun) {
    return fmt::format("{:.0f} s", timeSince(begun).count());
}

/// The number of calls of waitFor().
constexpr int allSteps = 7;

/// Where nothing is known about earlier boots: SSH was there after 0.46 of a boot without KVM (32 of 70 s, docs/performance.md).
constexpr double restPerSsh = (1 - 0.46) / 0.46;
/// A guest on which SSH is there sooner was running already, or has KVM, with which nothing was measured.
constexpr auto leastTimeOfSsh = std::chrono::seconds(10);

}  // namespace

Readiness::Readiness(const Manifest& manifest, GuestAccess access, Log& log, const FailureLatch& failure)
    : manifest_(manifest), access_(std::move(access)), log_(log), failure_(failure), begun_(std::chrono::steady_clock::now()) {}

void Readiness::wait(Deadline deadline) {
    deadline_ = deadline;
    const auto& web = manifest_.web;
    const auto url = [&](const std::string& path) { return "https://" + manifest_.names.domain + path; };
    waitFor("SSH", deadline, [&](Deadline tryDeadline) {
        access_.connect(tryDeadline);
        return std::optional<std::string>();
    });
    if (const auto ssh = timeSince(begun_); ssh >= leastTimeOfSsh) log_.expect(ssh * restPerSsh);
    waitFor("the services' units", deadline, [&](Deadline tryDeadline) { return checkUnits(tryDeadline, true); });
    waitFor("PostgreSQL on " + manifest_.postgresql.socketPath(), deadline,
            watchingUnits([&](Deadline tryDeadline) { return checkPostgresql(tryDeadline); }));
    waitFor("Odoo on " + url(web.odoo.path), deadline,
            watchingUnits([&](Deadline tryDeadline) { return checkWeb(web.odoo.path, tryDeadline); }));
    // Odoo's evented process starts separately, after the process that serves pages. Only the evented process serves this path.
    const auto websocket = webPath(web.odoo.path, "/websocket/health");
    waitFor("Odoo's websocket server on " + url(websocket), deadline,
            watchingUnits([&](Deadline tryDeadline) { return checkWeb(websocket, tryDeadline); }));
    waitFor("pgAdmin on " + url(web.pgadmin.path), deadline,
            watchingUnits([&](Deadline tryDeadline) { return checkWeb(web.pgadmin.path, tryDeadline); }));
    waitFor("all units", deadline, [&](Deadline tryDeadline) { return checkUnits(tryDeadline, false); });
}

void Readiness::waitFor(const std::string& what, Deadline deadline, const Check& check) {
    ++step_;
    tryUntilThere(what, deadline, check);
    log_.line(fmt::format("{}: there after {} ({} of {})", what, secondsSince(begun_), step_, allSteps));
}

void Readiness::tryUntilThere(const std::string& what, Deadline deadline, const Check& check) {
    std::string state = "not tried yet";
    const WaitTicker ticker(log_, fmt::format("{} ({} of {})", what, step_, allSteps), begun_);
    for (;;) {
        failure_.check();
        try {
            const auto missing = check(deadline.within(tryBudget_));
            if (!missing) return;
            state = *missing;
        } catch (const HostKeyError& error) {
            throw GuestError(fmt::format("another machine answers: {}", error.what()));
        } catch (const AuthenticationError& error) {
            throw GuestError(fmt::format("the guest does not let its admin in: {}", error.what()));
        } catch (const TimeoutError& error) {
            state = error.what();
            tryBudget_ = std::min<std::chrono::steady_clock::duration>(2 * tryBudget_, longestTry);
        } catch (const TransportError& error) {
            state = error.what();
        }
        if (deadline.expired())
            throw TimeoutError(
                fmt::format("the guest was not ready after {}: timed out waiting for {}: {}", secondsSince(begun_), what, state));
        pauseBetweenTries(pause_, deadline, &failure_);
    }
}

CommandResult Readiness::run(const std::vector<std::string>& words, Deadline deadline) {
    try {
        return access_.run(words, deadline);
    } catch (const SessionLost&) {
        access_.connect(deadline);
        return access_.run(words, deadline);
    }
}

std::optional<std::string> Readiness::checkUnits(Deadline deadline, bool onDemandIsEnough) {
    const auto units = unitsOf(manifest_);
    const auto shown = run(UnitState::command(units), deadline);
    if (!shown.succeeded()) return "systemctl show: " + shown.describe();
    const auto states = UnitState::parse(shown.out);
    for (const auto& state : states)
        if (state.isHopeless()) giveUp(state.describe(), state.id, deadline);

    const auto failed = run({"systemctl", "list-units", "--state=failed", "--plain", "--no-legend", "--full"}, deadline);
    std::string unit;
    if (std::istringstream(failed.out) >> unit) giveUp(unit + " has failed", unit, deadline);

    if (states.size() != units.size())
        return fmt::format("systemctl tells of {} units instead of {}", states.size(), units.size());
    for (const auto& state : states)
        if (!state.isActive() && !(onDemandIsEnough && state.startsOnDemand())) return state.describe();
    return std::nullopt;
}

void Readiness::giveUp(const std::string& what, const std::string& unit, Deadline deadline) {
    std::string journal;
    try {
        const auto result =
            run({"sudo", "-n", "journalctl", "--no-pager", "--output=short-monotonic", "--lines=40", "--unit=" + unit}, deadline);
        journal = result.succeeded() ? result.out : result.describe();
    } catch (const Error& error) {
        journal = fmt::format("(cannot read it: {})", error.what());
    }
    throw GuestError(fmt::format("the guest cannot get ready: {}; its journal:\n{}", what, journal));
}

std::optional<std::string> Readiness::checkPostgresql(Deadline deadline) {
    const auto& server = manifest_.postgresql;
    const auto answer = run({"sudo", "-n", "-u", manifest_.names.superuser, "psql", "-X", "-A", "-t", "-h",
                             server.socketDirectory, "-p", std::to_string(server.port), "-d", "postgres", "-c", "SELECT 1"},
                            deadline);
    if (answer.succeeded() && answer.out == "1\n") return std::nullopt;
    return answer.describe();
}

std::optional<std::string> Readiness::checkWeb(const std::string& path, Deadline deadline) {
    const auto status = access_.httpsStatus(path, deadline);
    if (status >= 200 && status < 400) return std::nullopt;
    return fmt::format("HTTP status {}", status);
}

Readiness::Check Readiness::watchingUnits(Check check) {
    return [this, check = std::move(check)](Deadline deadline) -> std::optional<std::string> {
        // A server that is not up yet refuses or hangs, reported by an exception or by a value: in both cases its unit may have
        // failed.
        std::optional<std::string> missing;
        try {
            missing = check(deadline);
            if (!missing) return std::nullopt;
        } catch (const TimeoutError& error) {
            missing = error.what();
            tryBudget_ = std::min<std::chrono::steady_clock::duration>(2 * tryBudget_, longestTry);
        } catch (const HostKeyError&) {
            throw;
        } catch (const AuthenticationError&) {
            throw;
        } catch (const TransportError& error) {
            missing = error.what();
        }
        // The missing condition is more useful to report than "no time left to check the units".
        if (deadline_.expired()) return missing;
        try {
            checkUnits(deadline_.within(longestTry), true);
        } catch (const TimeoutError&) {
            if (!deadline_.expired()) throw;
        }
        return missing;
    };
}

}  // namespace boxtest
