#include "cli/StatusCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "keeper/KeeperClient.hpp"
#include "keeper/NoMachine.hpp"
#include "report/TerminalReport.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

void printStatus(const KeeperStatus& status) {
    const auto style = TextStyle::of(1);
    const auto age = describeDuration(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now() - status.since));
    const auto keeper = fmt::format("keeper process {}, started {} ago", status.keeperPid, age);
    switch (status.state) {
        case KeeperState::starting:
            std::cout << style.doubtful("starting")
                      << fmt::format(" ({}): waits for {}\n", keeper, status.text.empty() ? "QEMU" : status.text);
            break;
        case KeeperState::stopping: std::cout << style.doubtful("stopping") << fmt::format(" ({})\n", keeper); break;
        case KeeperState::failed:
            std::cout << style.bad("failed")
                      << fmt::format(
                             " ({}):\n{}\n`boxtest logs console` shows the console; `boxtest up` boots anew, `boxtest down` "
                             "clears it away\n",
                             keeper, printable(status.text));
            break;
        case KeeperState::ready:
            if (status.text.empty())
                std::cout << style.good("ready") << fmt::format(" ({})\n", keeper);
            else
                std::cout << style.doubtful("up") << fmt::format(" ({}):\n{}\n", keeper, printable(status.text));
            break;
    }
    std::cout << "  guest   " << status.guestFolder.string() << '\n';
    if (!status.machine || status.state == KeeperState::failed) return;
    std::cout << fmt::format("  QEMU    process {}, {}\n", status.machine->qemuPid, status.machine->accelerator);
    if (!status.machine->kept.empty()) {
        std::cout << "  from    what was kept in " << status.machine->kept.string() << '\n';
    } else if (!status.machine->templateKey.empty()) {
        std::cout << "  from    template " << status.machine->templateKey.substr(0, 12) << '\n';
    }
    if (status.state == KeeperState::ready) {
        std::cout << describeReach(Manifest::load(status.machine->guestFolder), *status.machine);
    } else {
        std::cout << "  console " << status.machine->console().string() << '\n';
    }
}

}  // namespace

StatusCommand::StatusCommand(CLI::App& program)
    : Command(program, "status", "Show whether a machine is up, its state, and how to reach it") {
    arguments().add_flag("--json", json_, "For programs: {\"state\": \"down|starting|ready|failed|stopping\", ...}");
    arguments().footer("Exit status 0, or 3 when the machine that is up has failed.");
}

int StatusCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) {
        const auto runtime = runtimeFolder();
        const nlohmann::json down{{"state", "down"}, {"runtime_folder", runtime.string()}};
        std::cout << (json_ ? down.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) : describeNoMachine(runtime))
                  << '\n';
        return code(ExitCode::good);
    }
    const auto status = keeper->status(Deadline::in(std::chrono::seconds(10)));
    if (json_) {
        std::cout << status.toJson().dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    } else {
        printStatus(status);
    }
    return code(status.state == KeeperState::failed ? ExitCode::machineFailed : ExitCode::good);
}

}  // namespace boxtest
