#include "bench/ForkBench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/Poll.hpp"
#include "base/ShownWait.hpp"
#include "base/TemporaryFolder.hpp"
#include "bench/Stopwatch.hpp"
#include "db/Database.hpp"
#include "ready/BoxHooks.hpp"
#include "ssh/Knock.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "template/Fork.hpp"
#include "template/KeptMachine.hpp"
#include "template/QuietGuest.hpp"

namespace boxtest {

namespace {

constexpr double mebibyte = 1024.0 * 1024.0;

Session connect(Fork& fork, const std::string& user, Deadline deadline) {
    return Session::connect(fork.sshTarget(), user, fork.guest().ssh.keyOf(user), deadline, &fork.failure());
}

/// Fetches the first row through a tunnel of this session: tunnel, connection, statement.
void firstRow(Fork& fork, const Manifest& manifest, Session& session, Deadline deadline) {
    const auto tunnel = Tunnel::toUnixSocket(session, manifest.postgresql.socketPath(), Endpoint::localSocket());
    auto database =
        Database::connect(Endpoint::of(tunnel), manifest.names.handyman, manifest.names.odooDatabase, deadline, &fork.failure());
    if (database.execute("SELECT name FROM res_partner LIMIT 1").size() != 1)
        throw GuestError("the Odoo database has no partner to read");
}

}  // namespace

std::unique_ptr<Fork> ForkBench::makeFork() {
    return Fork::prepare(template_, log_, failure_, deadline(), CpuThreads::oneForAll);
}

Deadline ForkBench::deadline() const { return Deadline::in(std::chrono::minutes(5)); }

void ForkBench::say(const char* what, int round) {
    log_.waiting(fmt::format("{} ({} of {})", what, round + 1, rounds_), std::chrono::steady_clock::now() - begun_);
}

void ForkBench::run() {
    measureForks();
    measureCommands();
    measureScenarioCost();
    measureRows();
    measurePreparedForks();
    measureKeeping();
    measureIdleness();
}

void ForkBench::measureForks() {
    BenchRow running{.id = "fork-running", .what = "fork to running", .unit = "s", .samples = {}, .bar = 0.3};
    BenchRow clock{.id = "fork-clock", .what = "fork to running, its clock right and itself proved", .unit = "s", .samples = {}};
    for (int round = 0; round < rounds_; ++round) {
        say("fork to running", round);
        {
            const Stopwatch watch;
            auto fork = makeFork();
            fork->machine().qmp().execute("cont", deadline());
            running.samples.add(watch.seconds());
            fork->stop(deadline());
        }
        const Stopwatch watch;
        auto fork = makeFork();
        fork->run(deadline());
        clock.samples.add(watch.seconds());
        fork->stop(deadline());
    }
    report_.add(std::move(running));
    report_.add(std::move(clock));
}

void ForkBench::measureCommands() {
    BenchRow command{
        .id = "fork-first-command", .what = "fork to the first command's end, as the admin", .unit = "s", .samples = {}};
    for (int round = 0; round < rounds_; ++round) {
        say("fork to first command", round);
        const Stopwatch watch;
        auto fork = makeFork();
        fork->begin(deadline());
        {
            auto session = connect(*fork, manifest_.names.admin, deadline());
            fork->run(deadline());
            if (!session.run({"true"}, {.input = {}, .deadline = deadline()}).succeeded())
                throw GuestError("`true` failed in the guest");
            command.samples.add(watch.seconds());
        }
        fork->stop(deadline());
    }
    report_.add(std::move(command));
}

void ForkBench::measureScenarioCost() {
    BenchRow cost{.id = "scenario-cost",
                  .what = "machine's cost per scenario: fork, clock, first session, tear-down",
                  .unit = "s",
                  .samples = {}};
    BenchRow tearDown{.id = "tear-down", .what = "tear-down", .unit = "s", .samples = {}, .bar = 0.2};
    for (int round = 0; round < rounds_; ++round) {
        say("cost of a scenario's machine", round);
        const Stopwatch watch;
        auto fork = makeFork();
        fork->begin(deadline());
        { const auto session = connect(*fork, manifest_.names.admin, deadline()); }
        fork->run(deadline());
        const Stopwatch ending;
        fork->stop(deadline());
        fork.reset();
        tearDown.samples.add(ending.seconds());
        cost.samples.add(watch.seconds());
    }
    std::optional<BenchRow> ratio;
    if (const auto* boot = report_.find("boot")) {
        ratio = BenchRow{.id = "boot-ratio",
                         .what = "boot to ready, in machine's costs per scenario",
                         .unit = "x",
                         .samples = {},
                         .bar = 25,
                         .atLeast = true};
        for (const double seconds : cost.samples.values()) ratio->samples.add(boot->samples.median() / seconds);
    }
    report_.add(std::move(tearDown));
    report_.add(std::move(cost));
    if (ratio) report_.add(std::move(*ratio));
}

void ForkBench::measureRows() {
    BenchRow row{.id = "fork-first-row",
                 .what = "fork, clock right, to the first SQL row through the handyman's tunnel",
                 .unit = "s",
                 .samples = {},
                 .bar = 2.2};
    // The individual steps. The agent sets the clock and the token while the session is opened, which waits for the token.
    BenchRow made{.id = "first-row-fork", .what = "of it: QEMU starts, has the state and runs", .unit = "s", .samples = {}};
    BenchRow session{.id = "first-row-session", .what = "of it: the handyman's session", .unit = "s", .samples = {}};
    BenchRow clock{.id = "first-row-clock", .what = "of it: the clock, if it is later", .unit = "s", .samples = {}};
    BenchRow statement{
        .id = "first-row-statement", .what = "of it: tunnel, connection to PostgreSQL, row", .unit = "s", .samples = {}};
    BenchRow memory{.id = "fork-memory", .what = "private memory of a fork then", .unit = "MiB", .samples = {}, .bar = 240};
    for (int round = 0; round < rounds_; ++round) {
        say("fork to first SQL row", round);
        const Stopwatch watch;
        double before = 0;
        const auto step = [&](BenchRow& of) {
            const auto now = watch.seconds();
            of.samples.add(now - before);
            before = now;
        };
        auto fork = makeFork();
        fork->begin(deadline());
        step(made);
        {
            auto handyman = connect(*fork, manifest_.names.handyman, deadline());
            step(session);
            fork->run(deadline());
            step(clock);
            firstRow(*fork, manifest_, handyman, deadline());
            step(statement);
            row.samples.add(watch.seconds());
            memory.samples.add(static_cast<double>(fork->privateMemory()) / mebibyte);
        }
        fork->stop(deadline());
    }
    for (auto* one : {&row, &made, &session, &clock, &statement, &memory}) report_.add(std::move(*one));
}

/// Measures after a minute, when the activity right after the fork is over.
void ForkBench::measureIdleness() {
    BenchRow idle{
        .id = "idle-fork", .what = "a fork that nobody uses: CPU time in a minute", .unit = "s", .samples = {}, .bar = 0.6};
    constexpr auto minute = std::chrono::minutes(1);
    const auto wait = [&](const char* what) {
        ShownWait shown(log_, what);
        pauseBetweenTries(minute, Deadline::in(2 * minute), &failure_);
    };
    std::vector<std::unique_ptr<Fork>> forks;
    for (int i = 0; i < std::min(rounds_, 3); ++i) {
        forks.push_back(makeFork());
        forks.back()->run(deadline());
    }
    wait("the first minute of a fork");
    std::vector<std::chrono::duration<double>> before;
    for (const auto& fork : forks) before.emplace_back(cpuTimeOf(fork->machine().pid()));
    wait("a minute of a fork that nobody uses");
    for (std::size_t i = 0; i < forks.size(); ++i)
        idle.samples.add((std::chrono::duration<double>(cpuTimeOf(forks[i]->machine().pid())) - before[i]).count());
    for (const auto& fork : forks) fork->stop(deadline());
    report_.add(std::move(idle));
}

void ForkBench::measurePreparedForks() {
    BenchRow row{.id = "prepared-first-row",
                 .what = "prepared and connected fork: scenario's start to its first SQL row",
                 .unit = "s",
                 .samples = {},
                 .bar = 0.6};
    for (int round = 0; round < rounds_; ++round) {
        say("prepared fork to first SQL row", round);
        auto fork = makeFork();
        fork->run(deadline());
        {
            auto session = connect(*fork, manifest_.names.handyman, deadline());
            // As a worker does when it opens connections ahead.
            knock(Tunnel::toUnixSocket(session, manifest_.postgresql.socketPath()), deadline(), &failure_);
            fork->pause(deadline());
            const Stopwatch watch;
            fork->run(deadline());
            firstRow(*fork, manifest_, session, deadline());
            row.samples.add(watch.seconds());
        }
        fork->stop(deadline());
    }
    report_.add(std::move(row));
}

void ForkBench::measureKeeping() {
    BenchRow keep{.id = "keep", .what = "keep a failure: machine frozen", .unit = "s", .samples = {}, .bar = 6};
    BenchRow compress{
        .id = "keep-compress", .what = "keep a failure: compressed, after the machine is gone", .unit = "s", .samples = {}};
    BenchRow size{.id = "keep-size", .what = "keep a failure: size", .unit = "MiB", .samples = {}, .bar = 300};
    BenchRow resume{.id = "resume", .what = "resume a kept machine to running", .unit = "s", .samples = {}, .bar = 2};
    const TemporaryFolder folder("bench", cacheFolder());
    const int rounds = std::max(1, rounds_ / 4);
    for (int round = 0; round < rounds; ++round) {
        say("keep and resume", round);
        const auto kept = folder.path() / std::to_string(round);
        auto fork = makeFork();
        fork->run(deadline());
        {
            auto session = connect(*fork, manifest_.names.handyman, deadline());
            firstRow(*fork, manifest_, session, deadline());
            const Stopwatch watch;
            fork->keep(kept, deadline());
            keep.samples.add(watch.seconds());
        }
        fork->stop(deadline());
        fork.reset();
        const Stopwatch compressing;
        compressKept(kept, log_, deadline(), &failure_);
        compress.samples.add(compressing.seconds());
        double bytes = 0;
        for (const auto& file : files::entriesOf(kept)) bytes += static_cast<double>(files::size(file));
        size.samples.add(bytes / mebibyte);

        const Stopwatch resuming;
        auto again = Fork::resume(boxHooks(), KeptMachine::load(kept), log_, failure_, deadline());
        again->machine().qmp().execute("cont", deadline());
        resume.samples.add(resuming.seconds());
        again->stop(deadline());
        files::removeAll(kept);
    }
    for (auto* row : {&keep, &compress, &size, &resume}) report_.add(std::move(*row));
}

}  // namespace boxtest
