#include "bench/LinkBench.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Error.hpp"
#include "bench/OpenSshMaster.hpp"
#include "bench/Stopwatch.hpp"
#include "db/Database.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "template/Fork.hpp"

namespace boxtest {

namespace {

constexpr int commandsPerRun = 10;
constexpr int roundTripsPerRun = 200;
constexpr int bulkMebibytes = 16;
constexpr double allowance = 1.05;  ///< at most 5 % worse than OpenSSH

Deadline soon() { return Deadline::in(std::chrono::minutes(5)); }

/// Milliseconds of one command.
double commandTime(const std::function<void()>& command) {
    const Stopwatch watch;
    for (int i = 0; i < commandsPerRun; ++i) command();
    return watch.seconds() * 1000 / commandsPerRun;
}

/// Milliseconds of one round trip of SQL.
double roundTrip(Database& database) {
    const Stopwatch watch;
    for (int i = 0; i < roundTripsPerRun; ++i) database.execute("SELECT 1");
    return watch.seconds() * 1000 / roundTripsPerRun;
}

/// MB/s from the guest.
double bulkDown(Database& database) {
    const Stopwatch watch;
    const auto data = database.copyOut(
        fmt::format("COPY (SELECT repeat('x', 8191) FROM generate_series(1, {})) TO STDOUT", bulkMebibytes * 128));
    if (data.size() != std::size_t{bulkMebibytes} << 20) throw GuestError(fmt::format("COPY gave {} bytes", data.size()));
    return static_cast<double>(data.size()) / 1e6 / watch.seconds();
}

/// MB/s to the guest.
double bulkUp(Database& database) {
    static const std::string data = [] {
        std::string rows;
        for (int i = 0; i < bulkMebibytes * 128; ++i) rows.append(8191, 'x').append(1, '\n');
        return rows;
    }();
    database.execute("CREATE TEMP TABLE IF NOT EXISTS bench (line text); TRUNCATE bench");
    const Stopwatch watch;
    database.copyIn("COPY bench FROM STDIN", data);
    return static_cast<double>(data.size()) / 1e6 / watch.seconds();
}

}  // namespace

void LinkBench::compare(const std::string& id, const std::string& what, const std::string& unit, bool moreIsBetter,
                        const Measure& ours, const Measure& theirs) {
    BenchRow us{.id = id, .what = what, .unit = unit, .samples = {}};
    BenchRow them{.id = id + "-openssh", .what = "  the same by OpenSSH's client", .unit = unit, .samples = {}};
    // The first calls warm up both: the guest's code is not translated yet.
    ours();
    theirs();
    for (int round = 0; round < rounds_; ++round) {
        log_.waiting(fmt::format("{} ({} of {})", what, round + 1, rounds_), std::chrono::steady_clock::now() - begun_);
        // The order alternates too.
        if (round % 2 == 0) us.samples.add(ours());
        them.samples.add(theirs());
        if (round % 2 != 0) us.samples.add(ours());
    }
    BenchRow ratio{.id = id + "-ratio", .what = "  OpenSSH's client is better by", .unit = "x", .samples = {}, .bar = allowance};
    for (std::size_t i = 0; i < us.samples.count(); ++i) {
        const double a = us.samples.values()[i], b = them.samples.values()[i];
        ratio.samples.add(moreIsBetter ? b / a : a / b);
    }
    for (auto* row : {&us, &them, &ratio}) report_.add(std::move(*row));
}

void LinkBench::run() {
    auto fork = Fork::prepare(template_, log_, failure_, soon());
    fork->run(soon());
    const auto& names = manifest_.names;
    // As the admin: the handyman may not create a table to write 16 MiB to.
    auto session = Session::connect(fork->sshTarget(), names.admin, manifest_.ssh.keyOf(names.admin), soon(), &failure_);
    const auto tunnel = Tunnel::toUnixSocket(session, manifest_.postgresql.socketPath(), Endpoint::localSocket());
    const OpenSshMaster openSsh(*fork, names.admin, manifest_.postgresql.socketPath(), soon());
    compare(
        "command", fmt::format("command on an open session (of {})", commandsPerRun), "ms", false,
        [&] { return commandTime([&] { session.run({"true"}, {.input = {}, .deadline = soon()}); }); },
        [&] { return commandTime([&] { openSsh.run("true", soon()); }); });
    auto ours = Database::connect(Endpoint::of(tunnel), names.admin, names.odooDatabase, soon(), &failure_);
    auto theirs = Database::connect(openSsh.endpoint(), names.admin, names.odooDatabase, soon(), &failure_);
    compare(
        "sql-round-trip", fmt::format("round trip of SQL (of {})", roundTripsPerRun), "ms", false,
        [&] { return roundTrip(ours); }, [&] { return roundTrip(theirs); });
    compare(
        "bulk-down", fmt::format("{} MiB by COPY out of the guest", bulkMebibytes), "MB/s", true, [&] { return bulkDown(ours); },
        [&] { return bulkDown(theirs); });
    compare(
        "bulk-up", fmt::format("{} MiB by COPY into the guest", bulkMebibytes), "MB/s", true, [&] { return bulkUp(ours); },
        [&] { return bulkUp(theirs); });
}

}  // namespace boxtest
