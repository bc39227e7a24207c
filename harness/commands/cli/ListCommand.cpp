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
        all.push_back({{"scenario", entry.scenario},
                       {"claim", entry.claim},
                       {"promise", entry.promise},
                       {"effect", wordOf(entry.effect)},
                       {"traits", entry.traits}});
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
        std::vector<std::string> words{std::string(wordOf(entry.effect))};
        words.insert(words.end(), entry.traits.begin(), entry.traits.end());
        std::cout << fmt::format("  {}   [{}]\n", entry.scenario, fmt::join(words, ", "));
    }
    std::cout << fmt::format("\n{} scenarios\n", entries.size());
}

struct CountedClaim {
    CatalogueClaim claim;
    std::size_t scenarios = 0;
};

/// The claims that have a scenario in `entries`; when all scenarios are listed, also claims without scenarios.
std::vector<CountedClaim> counted(const Catalogue& catalogue, const std::vector<CatalogueEntry>& entries) {
    std::vector<CountedClaim> claims;
    for (const auto& claim : catalogue.claims()) {
        const auto count =
            std::count_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.claim == claim.id; });
        if (count > 0 || entries.size() == catalogue.entries().size()) claims.push_back({claim, static_cast<std::size_t>(count)});
    }
    return claims;
}

void printClaimsJson(const std::vector<CountedClaim>& claims) {
    auto all = nlohmann::json::array();
    for (const auto& [claim, scenarios] : claims)
        all.push_back({{"claim", claim.id},
                       {"section", claim.section},
                       {"promise", claim.promise},
                       {"scenarios", scenarios},
                       {"run", claim.run}});
    std::cout << all.dump(2) << '\n';
}

void printClaimsText(const std::vector<CountedClaim>& claims) {
    const auto style = TextStyle::of(1);
    std::size_t width = 0, scenarios = 0;
    for (const auto& one : claims) width = std::max(width, one.claim.id.size());
    std::string section;
    for (const auto& one : claims) {
        if (one.claim.section != section) std::cout << (section.empty() ? "" : "\n") << style.strong(one.claim.section) << '\n';
        section = one.claim.section;
        scenarios += one.scenarios;
        std::cout << fmt::format("  {:<{}} {:>4}  {}\n", one.claim.id, width, one.scenarios, one.claim.promise);
        if (!one.claim.run.empty()) std::cout << fmt::format("  {:<{}}       proven by: {}\n", "", width, one.claim.run);
    }
    std::cout << fmt::format("\n{} claims, {} scenarios\n", claims.size(), scenarios);
}

}  // namespace

ListCommand::ListCommand(CLI::App& program) : Command(program, "list", "List the claims and their scenarios; needs no machine") {
    arguments().add_option("FILTER", filter_, "As for run");
    arguments().add_flag("--claims", claims_, "The claims, with the number of their scenarios");
    arguments().add_flag("--json", json_, "For programs");
}

int ListCommand::run() {
    const auto catalogue = listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)));
    const auto entries = catalogue.select(filter_);
    if (claims_) {
        const auto claims = counted(catalogue, entries);
        json_ ? printClaimsJson(claims) : printClaimsText(claims);
        return code(ExitCode::good);
    }
    json_ ? printJson(entries) : printText(entries);
    return code(ExitCode::good);
}

}  // namespace boxtest
