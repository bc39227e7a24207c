#include "cli/LogsCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/ShellQuote.hpp"
#include "cli/BecomeProgram.hpp"
#include "cli/BecomeSsh.hpp"
#include "cli/FollowFile.hpp"
#include "cli/KeeperLog.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/UpMachine.hpp"
#include "keeper/NoMachine.hpp"
#include "machine/MachineFolder.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

/// "odoo" means the unit that the manifest names (so do the other services); any other name is used unchanged.
std::string unitNamed(const Manifest& manifest, const std::string& name) {
    const auto& services = manifest.services;
    if (name == "odoo") return services.odoo.unit;
    if (name == "pgadmin") return services.pgadmin.unit;
    if (name == "postgresql") return services.postgresql.unit;
    if (name == "nginx") return services.nginx.unit;
    return name;
}

/// Run by the guest's root with the unit's name: becomes journalctl, which says nothing about a name that no unit has. A unit
/// that is gone by now may have left entries.
constexpr auto showUnit = R"sh(case $(systemctl show --property=LoadState --value -- "$1" 2>/dev/null) in
'' | not-found)
    units=$(systemctl list-units --all --type=service --plain --no-legend 2>/dev/null |
        while read -r unit load _; do [ "$load" != loaded ] || printf ' %s' "$unit"; done)
    if [ -n "$units" ] && [ -z "$(journalctl --no-pager --quiet --lines=1 --unit="$1" 2>/dev/null)" ]; then
        printf "boxtest: the machine has no unit '%s'; it has: odoo pgadmin postgresql nginx%s, and others than services\n" \
            "$1" "$units" >&2
        exit 2
    fi ;;
esac
exec journalctl --no-pager --unit="$@")sh";

/// The folder of the machine that is up, whatever its state, else the kept logs of the last machine that failed.
fs::path folderOfLogs(std::optional<KeeperClient>& keeper, Log& log) {
    if (keeper) {
        const auto status = keeper->status(Deadline::in(std::chrono::seconds(10)));
        if (status.machine) return status.machine->folder;
        if (status.state == KeeperState::starting) throw UsageError("the machine is still starting, and QEMU does not run yet");
    }
    if (!files::exists(MachineFolder::keptLogs()))
        throw UsageError(describeNoMachine(runtimeFolder()) + ", and no log of one that failed was kept; start one: boxtest up");
    log.line(describeNoMachine(runtimeFolder()) + ": this is of the last one that failed");
    return MachineFolder::keptLogs();
}

/// Follows the file as long as the keeper lives, or its pause lasts: nobody writes to the file afterwards.
void showFile(const fs::path& file, const KeeperClient* followed) {
    if (!files::exists(file)) throw UsageError(fmt::format("there is no '{}'", file.string()));
    if (!followed) becomeProgram({"cat", "--", file.string()});
    followFile(file, followed->fd());
}

}  // namespace

LogsCommand::LogsCommand(CLI::App& program)
    : Command(program, "logs", "Show a log of the machine that is up, or of the last one that failed") {
    arguments()
        .add_option("WHICH", which_,
                    "console, qemu, keeper, or a unit in the guest (odoo, pgadmin, postgresql, nginx, ssh.service ...)")
        ->capture_default_str();
    arguments().add_flag("-f,--follow", follow_, "Print new lines as they are written, until the machine ends");
}

int LogsCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    if (which_ == "keeper" || which_ == "console" || which_ == "qemu") {
        auto keeper = KeeperClient::connect(runtimeFolder(), log);
        const auto file = which_ == "keeper" ? KeeperLog::fileIn(runtimeFolder()) : folderOfLogs(keeper, log) / (which_ + ".log");
        showFile(file, follow_ && keeper ? &*keeper : nullptr);
        return code(ExitCode::good);
    }
    const auto machine = UpMachine::find(log);
    std::vector<std::string> words{
        "sudo", "-n", "sh", "-c", shellQuote(showUnit), "sh", shellQuote(unitNamed(machine.manifest, which_))};
    if (follow_) words.emplace_back("--follow");
    // -n: it reads nothing, and must not take what the caller's standard input holds for others.
    becomeSsh(machine.manifest, machine.info, machine.manifest.names.admin, words, {"-n"});
}

}  // namespace boxtest
