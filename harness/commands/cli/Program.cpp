#include "cli/Program.hpp"

#include <poll.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "cli/BenchCommand.hpp"
#include "cli/BuildFacts.hpp"
#include "cli/CacheCommand.hpp"
#include "cli/Command.hpp"
#include "cli/CompletionCommand.hpp"
#include "cli/ConnectCommand.hpp"
#include "cli/DoctorCommand.hpp"
#include "cli/DownCommand.hpp"
#include "cli/KeepCommand.hpp"
#include "cli/KeeperCommand.hpp"
#include "cli/ListCommand.hpp"
#include "cli/LogsCommand.hpp"
#include "cli/ManualCommand.hpp"
#include "cli/PsqlCommand.hpp"
#include "cli/ReportCommand.hpp"
#include "cli/ResumeCommand.hpp"
#include "cli/RunCommand.hpp"
#include "cli/SabotageCommand.hpp"
#include "cli/SshCommand.hpp"
#include "cli/SshConfigCommand.hpp"
#include "cli/StatusCommand.hpp"
#include "cli/TemplateCommand.hpp"
#include "cli/TunnelCommand.hpp"
#include "cli/UpCommand.hpp"
#include "cli/VerifyCommand.hpp"
#include "cli/WebCommand.hpp"
#include "report/ExitCode.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

constexpr auto description =
    "Boots the Odoo Box under QEMU and proves, over SSH and SSH tunnels, that it keeps its security promises.";

constexpr auto footer = R"(Examples:
  boxtest doctor                         can this host run it?
  boxtest run                            boot a machine, run all scenarios, report, tear down
  boxtest run tcp-refused:PeerAuth.*     only one claim and one suite
  boxtest verify admin@box.example       what of it can be seen on a machine in use
  boxtest report                         the latest run's page, written again
  boxtest up                             a machine to look at, kept until `down`; `run` then uses it
  boxtest ssh jane                       a shell in it
  boxtest psql jane                      PostgreSQL as jane, through an SSH tunnel
  boxtest tunnel jane --port 15432       the same for DBeaver and the like
  boxtest down
  boxtest resume PeerAuth.JaneIsJane     the machine of a failed scenario, exactly where it failed

Exit status:
    0  good
    1  a scenario failed (sabotage: did not notice)
    2  usage: nothing was tried
    3  the guest or the machine failed, or something was not run
  130  interrupted
`boxtest ssh` and `boxtest psql` pass on the exit status of ssh (255: ssh's own trouble) and psql.

Environment:
  BOXTEST_GUEST      folder of the guest, as --guest
  BOXTEST_QEMU       the qemu-system program
  BOXTEST_SCENARIOS  the scenarios program
  NO_COLOR           no colours)";

std::vector<std::unique_ptr<Command>> makeCommands(CLI::App& program, const BuildFacts& build,
                                                   std::map<std::string, std::string> libpqSettings) {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(std::make_unique<RunCommand>(program, build.shortText()));
    commands.push_back(std::make_unique<VerifyCommand>(program, build.shortText()));
    commands.push_back(std::make_unique<ReportCommand>(program));
    commands.push_back(std::make_unique<UpCommand>(program));
    commands.push_back(std::make_unique<DownCommand>(program));
    commands.push_back(std::make_unique<StatusCommand>(program));
    commands.push_back(std::make_unique<SshCommand>(program));
    commands.push_back(std::make_unique<SshConfigCommand>(program));
    commands.push_back(std::make_unique<PsqlCommand>(program, std::move(libpqSettings)));
    commands.push_back(std::make_unique<TunnelCommand>(program));
    commands.push_back(std::make_unique<WebCommand>(program));
    commands.push_back(std::make_unique<LogsCommand>(program));
    commands.push_back(std::make_unique<ListCommand>(program));
    commands.push_back(std::make_unique<ResumeCommand>(program));
    commands.push_back(std::make_unique<KeepCommand>(program));
    commands.push_back(std::make_unique<TemplateCommand>(program));
    commands.push_back(std::make_unique<CacheCommand>(program));
    commands.push_back(std::make_unique<BenchCommand>(program));
    commands.push_back(std::make_unique<SabotageCommand>(program));
    commands.push_back(std::make_unique<DoctorCommand>(program));
    commands.push_back(std::make_unique<CompletionCommand>(program));
    commands.push_back(std::make_unique<KeeperCommand>(program));
    commands.push_back(std::make_unique<ConnectCommand>(program));
    commands.push_back(std::make_unique<CompleteCommand>(program));
    commands.push_back(std::make_unique<ManualCommand>(program, build));
    return commands;
}

/// Removes the words that belong to another program, and passes them to the command.
void splitWords(std::vector<std::string>& words, const std::vector<std::unique_ptr<Command>>& commands) {
    if (words.empty()) return;
    for (const auto& command : commands) {
        if (command->app().get_name() != words.front()) continue;
        const auto own = command->takeForeign({words.begin() + 1, words.end()});
        words.resize(1);
        words.insert(words.end(), own.begin(), own.end());
        return;
    }
}

/// For an unknown command, CLI11 would only report that a subcommand is required.
void refuseUnknown(const std::vector<std::string>& words, const std::vector<std::unique_ptr<Command>>& commands) {
    if (words.empty() || words.front().starts_with('-')) return;
    for (const auto& command : commands)
        if (command->app().get_name() == words.front()) return;
    throw UsageError("there is no command '" + words.front() + "'; see boxtest --help");
}

/// Prints texts verbatim. CLI11 2.6 refills paragraphs, including tables; older versions have no such setting.
template <typename Formatter>
void keepLines(Formatter& formatter) {
    if constexpr (requires { formatter.enable_footer_formatting(false); }) {
        formatter.enable_description_formatting(false);
        formatter.enable_footer_formatting(false);
    }
}

int report(const std::string& message, ExitCode code) {
    std::cerr << TextStyle::of(2).bad("boxtest:") << ' ' << printable(message) << '\n';
    return static_cast<int>(code);
}

constexpr auto notPrinted = "cannot write to standard output: is the disk full?";

/// Whether all output was written. If the reader has closed the pipe (head, less), this counts as success.
bool isAllPrinted() {
    if (std::cout.flush()) return true;
    pollfd output{STDOUT_FILENO, 0, 0};
    return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

int runCommand(const std::vector<std::unique_ptr<Command>>& commands) {
    for (const auto& command : commands) {
        if (!command->app().parsed()) continue;
        const int status = command->run();
        if (!isAllPrinted()) throw Error(ErrorKind::system, notPrinted);
        return status;
    }
    return static_cast<int>(ExitCode::usage);
}

}  // namespace

int Program::run(std::vector<std::string> words, const std::string& commit, std::map<std::string, std::string> libpqSettings) {
    const auto build = BuildFacts::ofThisProgram(commit);
    CLI::App app(description, "boxtest");
    app.footer(footer);
    keepLines(*app.get_formatter());
    app.set_version_flag("--version", build.text(), "Version, commit, compiler and libraries");
    app.require_subcommand(1);
    const auto commands = makeCommands(app, build, std::move(libpqSettings));
    try {
        refuseUnknown(words, commands);
    } catch (const UsageError& error) {
        return report(error.what(), ExitCode::usage);
    }
    splitWords(words, commands);
    // CLI11 takes the words in reverse order.
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        if (app.exit(error, std::cout, std::cerr) != 0) return static_cast<int>(ExitCode::usage);
        return isAllPrinted() ? 0 : report(notPrinted, ExitCode::machineFailed);
    }
    try {
        return runCommand(commands);
    } catch (const Error& error) {
        return report(error.what(), exitCodeOf(error));
    } catch (const std::bad_alloc&) {
        return report("out of memory", ExitCode::machineFailed);
    } catch (const std::system_error& error) {
        // From the standard library itself: all other failures are thrown as Error.
        return report(std::string("the host gives no thread, or no memory for one: ") + error.what(), ExitCode::machineFailed);
    } catch (const std::exception& error) {
        return report(error.what(), ExitCode::machineFailed);
    }
}

}  // namespace boxtest
