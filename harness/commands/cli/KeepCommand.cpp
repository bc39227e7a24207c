#include "cli/KeepCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Interruption.hpp"
#include "base/ShellQuote.hpp"
#include "cli/ProgressLog.hpp"
#include "ready/BoxHooks.hpp"
#include "report/TerminalReport.hpp"
#include "store/DiskUsage.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {

namespace {

constexpr auto exportBudget = std::chrono::minutes(30);

}  // namespace

KeepCommand::KeepCommand(CLI::App& program)
    : Command(program, "keep", "List, export or remove the machines that were kept of failed scenarios"),
      list_(arguments().add_subcommand("list", "List kept machines; `boxtest resume SCENARIO` brings one back")),
      export_(arguments().add_subcommand("export", "Write one into a file that resumes on any machine with the same QEMU")),
      remove_(arguments().add_subcommand("remove", "Remove one")) {
    arguments().require_subcommand(1);
    for (auto* command : {export_, remove_})
        command->add_option("KEPT", what_, "A scenario, or a kept machine's folder")->required();
    export_->add_option("FILE", file_, "To be written; it holds the guest's keys")->required();
    export_->add_flag("--difference", difference_,
                      "Only the difference to its template: some MiB, for hosts that have exactly that template");
}

int KeepCommand::run() {
    if (export_->parsed()) return exportOne();
    if (remove_->parsed()) return remove();
    return list();
}

int KeepCommand::list() const {
    const auto all = KeptStore::all();
    if (all.empty()) std::cout << "no machine was kept\n";
    for (const auto& why : KeptStore::unreadable()) std::cerr << "boxtest: " << why << '\n';
    for (const auto& kept : all) {
        const auto age = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now() - kept.when);
        std::cout << fmt::format("{:44} {:>10} ago {:>6} MiB  {}\n", kept.scenario.empty() ? "(no scenario)" : kept.scenario,
                                 describeDuration(age), diskUsage(kept.folder) >> 20, kept.folder.string());
    }
    return code(ExitCode::good);
}

int KeepCommand::exportOne() const {
    Interruption interruption;
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    FailureLatch interrupted;
    const auto handling = interruption.handleBy(interrupted);
    const auto kept = KeptStore::find(what_);
    try {
        if (difference_)
            exportDifference(kept, files::absolute(file_), log, Deadline::in(exportBudget), &interrupted);
        else
            exportKept(boxHooks(), kept, files::absolute(file_), log, Deadline::in(exportBudget), &interrupted);
    } catch (const InterruptedError&) {
        return code(ExitCode::interrupted);
    }
    std::cout << fmt::format("{} MiB; there: boxtest resume {}{}\n", files::size(file_) >> 20, shellQuote(file_),
                             difference_ ? " --template FOLDER" : "");
    return code(ExitCode::good);
}

int KeepCommand::remove() const {
    std::error_code failed;
    const std::filesystem::path folder(what_);
    // Also removes a kept machine that this version cannot read.
    if (std::filesystem::exists(folder / KeptMachine::fileName, failed))
        KeptStore::remove(folder);
    else
        KeptStore::remove(KeptStore::find(what_));
    return code(ExitCode::good);
}

}  // namespace boxtest
