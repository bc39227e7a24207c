#include "cli/ListCommand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/Option.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/ScenariosProgram.hpp"
#include "report/TextStyle.hpp"

namespace boxtest {

namespace {

void printJson(const std::vector<CatalogueEntry>& entries) {
    auto all = nlohmann::json::array();
    for (const auto& entry : entries)
        all.push_back(
            {{"scenario", entry.scenario}, {"claim", entry.claim}, {"promise", entry.promise}, {"traits", entry.traits}});
    std::cout << all.dump(2) << '\n';
}

void printText(const std::vector<CatalogueEntry>& entries) {
    const auto style = TextStyle::of(1);
    std::string claim;
    for (const auto& entry : entries) {
        if (entry.claim != claim) {
            std::cout << (claim.empty() ? "" : "\n") << style.strong(entry.claim)
                      << (entry.promise.empty() ? "" : ": " + entry.promise) << '\n';
            claim = entry.claim;
        }
        std::cout << "  " << entry.scenario << (entry.traits.empty() ? "" : fmt::format("   [{}]", fmt::join(entry.traits, ", ")))
                  << '\n';
    }
    std::cout << fmt::format("\n{} scenarios\n", entries.size());
}

}  // namespace

ListCommand::ListCommand(CLI::App& program) : Command(program, "list", "List the claims and their scenarios; needs no machine") {
    arguments().add_option("FILTER", filter_, "As for run");
    arguments().add_flag("--json", json_, "For programs");
}

int ListCommand::run() {
    const auto entries = listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1))).select(filter_);
    json_ ? printJson(entries) : printText(entries);
    return code(ExitCode::good);
}

}  // namespace boxtest
