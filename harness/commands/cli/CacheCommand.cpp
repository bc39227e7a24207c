#include "cli/CacheCommand.hpp"

#include <fmt/format.h>
#include <CLI/Option.hpp>

#include <chrono>
#include <iostream>

#include "cli/ProgressLog.hpp"
#include "ready/BoxHooks.hpp"
#include "report/TerminalReport.hpp"
#include "template/CacheInventory.hpp"

namespace boxtest {

namespace {

std::string lineOf(const CacheItem& item) {
    const auto age = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now() - item.when);
    return fmt::format("{:9} {:8} {:>6} MiB {:>10}  {}{}{}\n", item.kind, item.state, item.bytes >> 20, describeDuration(age),
                       item.folder.string(), item.after.empty() ? "" : "  (after: " + item.after + ")",
                       item.needed.empty() ? "" : "  (" + item.needed + ")");
}

}  // namespace

CacheCommand::CacheCommand(CLI::App& program)
    : Command(program, "cache", "List the contents of the cache, or remove what is not needed"),
      list_(arguments().add_subcommand("list", "Guests, templates and kept machines, with size and age")),
      prune_(arguments().add_subcommand("prune", "Remove templates and guests that are not the current ones")) {
    arguments().require_subcommand(1);
    prune_->add_flag("--all", all_, "Also the current template");
    prune_->footer("What is in use, or needed by a kept machine, always stays. `boxtest keep remove` removes kept machines.");
}

int CacheCommand::run() {
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
    if (list_->parsed()) {
        const auto items = CacheInventory::take(boxHooks()).items();
        if (items.empty()) std::cout << "the cache is empty\n";
        for (const auto& item : items) std::cout << lineOf(item);
        return code(ExitCode::good);
    }
    std::uintmax_t freed = 0;
    for (const auto& item : CacheInventory::take(boxHooks()).prune(all_, log)) {
        std::cout << "removed " << lineOf(item);
        freed += item.bytes;
    }
    std::cout << fmt::format("{} MiB are free again\n", freed >> 20);
    return code(ExitCode::good);
}

}  // namespace boxtest
