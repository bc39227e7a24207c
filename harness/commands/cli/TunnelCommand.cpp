#include "cli/TunnelCommand.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <iostream>

#include "base/Error.hpp"
#include "base/Interruption.hpp"
#include "base/Poll.hpp"
#include "cli/MachineWatch.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {

namespace {

void printHints(const Manifest& manifest, const std::string& user, std::uint16_t port) {
    const auto& database = manifest.names.odooDatabase;
    std::cout << fmt::format(
                     "PostgreSQL as {0}, on this host only, until Ctrl-C:\n"
                     "  postgresql://{1}@127.0.0.1:{2}/{3}?sslmode=disable\n"
                     "  DBeaver: new PostgreSQL connection, host 127.0.0.1, port {2}, database {4}, user {0}, no password, SSL "
                     "off, no SSH tab\n"
                     "  (the tunnel is the SSH connection; PostgreSQL lets {0} in by peer authentication, as no other role)\n",
                     user, HttpClient::encode(user), port, HttpClient::encode(database), database)
              << std::flush;
}

}  // namespace

TunnelCommand::TunnelCommand(CLI::App& program)
    : Command(program, "tunnel", "A port on 127.0.0.1 that leads to PostgreSQL as USER, for DBeaver and the like") {
    arguments().add_option("USER", user_, "OS user in the guest, and so the role")->required();
    arguments().add_option("--port", port_, "Local port (default: a free one)")->type_name("N")->check(CLI::Range(1, 65535));
    arguments().footer(
        "Prints the connection URL and stays until Ctrl-C (exit status 130).\n\n  boxtest tunnel jane --port 15432");
}

int TunnelCommand::run() {
    Interruption interruption;
    FailureLatch ended;
    const auto handling = interruption.handleBy(ended);
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    auto machine = UpMachine::find(log);
    const auto& manifest = machine.manifest;
    auto target = machine.info.sshTarget(manifest.ssh);
    target.isUp = true;
    try {
        auto session = Session::connect(target, user_, manifest.ssh.keyOf(user_), Deadline::in(loginBudget), &ended);
        const auto tunnel = Tunnel::toUnixSocket(session, manifest.postgresql.socketPath(), LocalTcp{.port = port_});
        const MachineWatch watch(std::move(machine.keeper), ended);
        printHints(manifest, user_, tunnel.port());
        std::size_t told = 0;
        while (session.alive()) {
            pauseBetweenTries(std::chrono::seconds(1), Deadline::never(), &ended);
            for (const auto& failure : tunnel.openFailuresAfter(told)) log.line(failure);
        }
    } catch (const InterruptedError&) {
        return code(ExitCode::interrupted);
    }
    throw TransportError("the SSH session has ended, and the tunnel with it");
}

}  // namespace boxtest
