#include "cli/PsqlCommand.hpp"

#include <CLI/Option.hpp>
#include <csignal>
#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "base/Interruption.hpp"
#include "base/Process.hpp"
#include "base/RunProgram.hpp"
#include "cli/ForeignWords.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "db/Endpoint.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"

namespace boxtest {

PsqlCommand::PsqlCommand(CLI::App& program, std::map<std::string, std::string> libpqSettings)
    : Command(program, "psql", "PostgreSQL's client, through an SSH tunnel, in the machine that is up"),
      libpqSettings_(std::move(libpqSettings)) {
    arguments().add_option("USER", user_, "OS user in the guest, and so the role")->required();
    // Only for the description: takeForeign() keeps these words, CLI11 does not get them.
    arguments().allow_extras();
    arguments().footer(
        "boxtest psql [OPTIONS] USER [WORDS...]: all options are psql's, and what follows USER is, too: options and database "
        "(default:\n"
        "Odoo's). Its exit status is passed on. A -- before its options is left out. Of libpq's variables those that say how it\n"
        "connects are ours; PGDATABASE, PGOPTIONS, PGTZ and the like are kept.\n\n"
        "  boxtest psql jane\n"
        "  boxtest psql jane -c 'select 1'\n"
        "  boxtest psql --csv -c 'select 1' jane\n"
        "  boxtest psql admin postgres -c 'SHOW listen_addresses'");
}

std::vector<std::string> PsqlCommand::takeForeign(std::vector<std::string> words) {
    auto line = foreign::Line::read(words, foreign::psqlOptions());
    words_ = std::move(line.options);
    const auto after = foreign::withoutSeparator(std::move(line.rest));
    words_.insert(words_.end(), after.begin(), after.end());
    return line.own;
}

int PsqlCommand::run() {
    if (!findProgram("psql"))
        throw UsageError(
            "the program 'psql' is missing on this host: install PostgreSQL's client (Debian: apt install postgresql-client)");
    Interruption interruption;
    FailureLatch interrupted;
    const auto early = interruption.handleBy(interrupted);
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    const auto machine = UpMachine::find(log);
    const auto& manifest = machine.manifest;
    auto target = machine.info.sshTarget(manifest.ssh);
    target.isUp = true;
    auto session = Session::connect(target, user_, manifest.ssh.keyOf(user_), Deadline::in(loginBudget), &interrupted);
    const auto tunnel = Tunnel::toUnixSocket(session, manifest.postgresql.socketPath(), Endpoint::localSocket());

    ProcessOptions options;
    options.input = Stream::inherit;
    options.environment = {{"PGHOST", tunnel.folder().string()},
                           {"PGPORT", std::to_string(Endpoint::of(tunnel).port)},
                           {"PGUSER", user_},
                           {"PGDATABASE", manifest.names.odooDatabase},
                           {"PGSSLMODE", "disable"}};
    for (const auto& [name, value] : libpqSettings_) options.environment[name] = value;
    std::vector<std::string> argv{"psql"};
    argv.insert(argv.end(), words_.begin(), words_.end());
    auto psql = Process::start(argv, options);
    // psql handles Ctrl-C itself: it cancels a statement. Any other signal ends psql.
    const auto handling = interruption.handle([&](int signal) {
        if (signal != SIGINT) psql.signal(SIGTERM);
    });
    const auto status = psql.wait(Deadline::never());
    for (const auto& failure : tunnel.openFailures()) std::cerr << "boxtest: " << failure << '\n';
    return status.code ? *status.code : 128 + status.signal.value_or(0);
}

}  // namespace boxtest
