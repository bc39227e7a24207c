#include "cli/SabotageCommand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Interruption.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/RunTemplate.hpp"
#include "cli/ScenariosProgram.hpp"
#include "report/ResultFile.hpp"
#include "report/TerminalReport.hpp"
#include "sabotage/KillMatrix.hpp"
#include "sabotage/KillMatrixText.hpp"
#include "sabotage/SabotagedSource.hpp"
#include "schedule/ForkRunner.hpp"
#include "schedule/Shard.hpp"
#include "store/RunFolder.hpp"

namespace boxtest {

namespace {

/// A sabotage may start Odoo anew, which takes a minute and more on a busy host without KVM.
constexpr auto preparationLimit = std::chrono::minutes(12);

/// $BOXTEST_SABOTAGES, else what lies beside the program, built or installed.
std::filesystem::path findCatalogue(const std::string& asked) {
    if (!asked.empty()) return asked;
    const char* configured = std::getenv("BOXTEST_SABOTAGES");
    if (configured && *configured) return configured;
    return files::linkTarget("/proc/self/exe").parent_path().parent_path() / "share" / "boxtest" / "sabotage";
}

/// "2/3": every third, beginning with the second.
std::vector<Sabotage> partOf(std::vector<Sabotage> all, const std::string& part) {
    if (part.empty()) return all;
    const auto share = Shard::parse("--part", part);
    std::vector<Sabotage> some;
    for (std::size_t i = share.which - 1; i < all.size(); i += share.of) some.push_back(std::move(all[i]));
    return some;
}

/// Of `quiet` nothing that is as it should be: a sabotaged machine is red, one without a sabotage green.
std::string lineOf(const ScenarioResult& result, const TextStyle& style, bool quiet) {
    const bool sabotaged = result.scenario.find('/') != std::string::npos;
    const bool expected = sabotaged ? result.verdict == Verdict::failed : isGreen(result);
    if (quiet && expected) return "";
    if (!sabotaged) return describe(result, style);
    const auto seconds =
        fmt::format("({}; its machine {})", describeDuration(result.duration), describeDuration(result.preparation));
    switch (result.verdict) {
        case Verdict::failed: return fmt::format("red     {} {}", result.scenario, seconds);
        case Verdict::knownGap:
        case Verdict::passed: return fmt::format("{}   {} {}", style.doubtful("green"), result.scenario, seconds);
        case Verdict::notRun: break;
    }
    return describe(result, style);
}

/// A log that does not show waits.
class LinesOnly final : public Log {
   public:
    explicit LinesOnly(Log& log) : log_(log) {}
    void line(std::string_view text) override { log_.line(text); }
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}

   private:
    Log& log_;
};

nlohmann::json listJson(const std::vector<Sabotage>& sabotages) {
    auto all = nlohmann::json::array();
    for (const auto& one : sabotages)
        all.push_back({{"id", one.id}, {"claim", one.claim}, {"kind", one.kind}, {"breaks", one.breaks}, {"notice", one.notice}});
    return {{"sabotages", std::move(all)}};
}

/// How long whoever reads a FIFO of results may take.
constexpr auto readerBudget = std::chrono::minutes(1);

/// Without a file: to standard output.
void writeJson(const std::optional<ResultFile>& file, const nlohmann::json& document) {
    const auto text = document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    if (file) {
        file->write(text, Deadline::in(readerBudget));
    } else {
        std::cout << text << std::flush;
    }
}

}  // namespace

SabotageCommand::SabotageCommand(CLI::App& program)
    : Command(program, "sabotage", "Break machines on purpose, each way on forks of its own, and demand that scenarios notice") {
    arguments().add_option("ID", ids_, "Sabotages, with * and ?");
    arguments().add_option("--claim", claims_, "All that break this claim")->type_name("CLAIM");
    arguments().add_flag("--all", everything_, "The whole catalogue");
    arguments().add_option("--part", part_, "Of those only every N-th, beginning with the K-th")->type_name("K/N");
    arguments().add_flag("--list", list_, "List them; needs no machine");
    arguments()
        .add_option("-j,--jobs", jobs_, "Scenarios at once, as far as memory allows (default: as for run)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{999}));
    arguments().add_flag("--all-scenarios", allScenarios_, "Run every scenario under each, and tell who else notices");
    arguments().add_flag("--no-clean", noClean_, "Do not run the scenarios on machines without sabotage");
    arguments().add_flag("-q,--quiet", quiet_,
                         "Show no progress and no sabotage that was noticed: trouble, and the sum of it all");
    arguments()
        .add_option("--json", json_, "Write the result, or with --list the list, as JSON (with --list, -: to standard output)")
        ->type_name("FILE");
    arguments().add_option("--catalogue", folder_, "Read the sabotages from this folder")->type_name("FOLDER");
    arguments().add_option("--template", template_, "Fork from the template in this folder")->type_name("TEMPLATE");
    guest_.add(arguments());
    arguments().footer(
        "  boxtest sabotage --list --claim peer-auth\n"
        "  boxtest sabotage hba-trusts-everybody\n"
        "  boxtest sabotage --all -j2 --json matrix.json\n\n"
        "Exit status 0 when every sabotage was noticed for the right reason and the clean machine is green, 1 when not, 3 when a "
        "sabotage did not take effect or something was not run, 130 when interrupted.");
}

std::vector<Sabotage> SabotageCommand::select(const SabotageCatalogue& catalogue) const {
    if (!everything_ && ids_.empty() && claims_.empty() && !list_)
        throw UsageError("which? An ID, --claim CLAIM, or --all; --list shows them");
    const bool all = everything_ || (ids_.empty() && claims_.empty());
    std::vector<Sabotage> chosen;
    std::copy_if(catalogue.all().begin(), catalogue.all().end(), std::back_inserter(chosen), [&](const Sabotage& one) {
        return all || std::find(claims_.begin(), claims_.end(), one.claim) != claims_.end() ||
               std::any_of(ids_.begin(), ids_.end(), [&](const auto& id) { return matchesPattern(id, one.id); });
    });
    for (const auto& id : ids_)
        if (std::none_of(chosen.begin(), chosen.end(), [&](const auto& one) { return matchesPattern(id, one.id); }))
            catalogue.at(id);
    for (const auto& claim : claims_)
        if (std::none_of(chosen.begin(), chosen.end(), [&](const auto& one) { return one.claim == claim; }))
            throw UsageError(fmt::format("no sabotage breaks the claim '{}'", claim));
    return partOf(std::move(chosen), part_);
}

void SabotageCommand::list(const std::vector<Sabotage>& sabotages) const {
    const auto style = TextStyle::of(1);
    std::string claim;
    for (const auto& one : sabotages) {
        if (one.claim != claim) std::cout << (claim.empty() ? "" : "\n") << style.strong(one.claim) << '\n';
        claim = one.claim;
        std::cout << fmt::format("  {} ({}{}): {}\n", one.id, one.kind, one.lift.empty() ? "" : ", behind a second wall",
                                 one.breaks);
        if (!one.notice.empty()) std::cout << fmt::format("      {}\n", fmt::join(one.notice, " "));
    }
    std::cout << fmt::format("\n{} sabotages\n", sabotages.size());
}

int SabotageCommand::run() {
    const auto catalogue = SabotageCatalogue::load(findCatalogue(folder_));
    const auto chosen = select(catalogue);
    if (json_ == "-" && !list_) throw UsageError("--json -: only a --list can go to standard output");
    std::optional<ResultFile> file;
    if (!json_.empty() && json_ != "-") file.emplace(json_);
    RunTemplate::check(template_, guest_);
    Interruption interruption;
    FailureLatch failure;
    const auto handling = interruption.handleBy(failure);
    const auto begun = std::chrono::steady_clock::now();
    ProgressLog progress(std::cerr, ProgressLog::columnsOf(2));
    LinesOnly lines(progress);
    Log& log = quiet_ ? static_cast<Log&>(lines) : progress;
    std::optional<Catalogue> scenarios;
    std::optional<SabotagePlan> plan;
    std::optional<RunReport> report;
    try {
        scenarios.emplace(listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)), &failure));
        for (const auto& one : catalogue.all()) SabotagePlan::mustNotice(one, *scenarios);
        plan.emplace(chosen, *scenarios, SabotagePlan::Options{.allScenarios = allScenarios_, .clean = !noClean_});
        if (list_) {
            if (json_ != "-") list(chosen);
            if (!json_.empty()) writeJson(file, listJson(chosen));
            return code(ExitCode::good);
        }
        report.emplace(plan->entries());
        runPlan(*plan, *report, log, failure);
    } catch (const Error& error) {
        if (interruption.signal() && !report) return code(ExitCode::interrupted);
        if (!report || exitCodeOf(error) == ExitCode::usage) throw;
        if (!interruption.signal()) report->stopped(error.what());
    }
    if (const auto signal = interruption.signal()) report->interrupted(Interruption::describe(*signal));
    const auto duration = std::chrono::steady_clock::now() - begun;
    const KillMatrix matrix(*plan, *report, catalogue.all(), *scenarios);
    printKillMatrix(std::cout, matrix, duration, TextStyle::of(1), quiet_ ? MatrixRows::none : MatrixRows::all);
    std::cout << std::flush;
    if (!json_.empty()) writeJson(file, killMatrixJson(matrix, duration));
    return code(matrix.exitCode());
}

void SabotageCommand::runPlan(const SabotagePlan& plan, RunReport& report, Log& log, FailureLatch& failure) const {
    const auto from = RunTemplate::find(template_, guest_, true, log, failure);
    const RunFolder folder;
    const auto style = TextStyle::of(2);
    const auto sabotages = files::absolute(findCatalogue(folder_));
    auto connections = ConnectionHistory::ofUser();
    const auto jobs = jobs_ > 0 ? jobs_ : Admission::automaticJobs(HostResources().cores());
    ForkRunnerOptions options{
        .program = findScenariosProgram(),
        .templateFolder = from.folder,
        .attachments = {},
        .jobs = std::min(jobs, std::max<std::size_t>(plan.pairs().size(), 1)),
        // To make one means to sabotage it, and often to start a service anew.
        .ahead = jobs,
        .keep = 0,
        .preparationLimit = preparationLimit,
        .connections = &connections,
        .style = style,
        .outputOf =
            [&](const std::string& name) {
                auto file = name;
                std::replace(file.begin(), file.end(), '/', '+');
                return folder.outputOf(file);
            },
        .keptFolderOf = {},
        .pause = {},
        .orderOf =
            [&](const std::string& name) {
                const auto& pair = plan.pairOf(name);
                ForkRunnerOptions::Order order{.scenario = pair.scenario};
                if (pair.sabotage)
                    order.more = {"--sabotages", sabotages.string(), "--sabotage", plan.sabotages()[*pair.sabotage].id};
                return order;
            },
        .lineOf = [&](const ScenarioResult& result) { return lineOf(result, style, quiet_); }};
    ForkRunner(std::move(options), log, failure).run(report);
    connections.save(log);
    log.line(fmt::format("the scenarios' own output: {}", folder.path().string()));
}

}  // namespace boxtest
