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
#include "cli/RunIntoReport.hpp"
#include "cli/RunTemplate.hpp"
#include "cli/ScenariosProgram.hpp"
#include "ready/BoxHooks.hpp"
#include "report/ResultFile.hpp"
#include "report/TerminalReport.hpp"
#include "sabotage/KillMatrix.hpp"
#include "sabotage/KillMatrixText.hpp"
#include "sabotage/LiveRun.hpp"
#include "sabotage/SabotagedSource.hpp"
#include "schedule/ForkRunner.hpp"
#include "schedule/Shard.hpp"
#include "store/RunFolder.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"

namespace boxtest {

namespace {

/// A sabotage may restart Odoo, which takes a minute or more on a busy host without KVM.
constexpr auto preparationLimit = std::chrono::minutes(12);
/// For opening a template, which another process may be building.
constexpr auto openBudget = std::chrono::minutes(2);

/// The folder given by the user, else $BOXTEST_SABOTAGES, else the folder next to the program, built or installed.
std::filesystem::path findCatalogue(const std::string& asked) {
    if (!asked.empty()) return asked;
    const char* configured = std::getenv("BOXTEST_SABOTAGES");
    if (configured && *configured) return configured;
    return files::linkTarget("/proc/self/exe").parent_path().parent_path() / "share" / "boxtest" / "sabotage";
}

/// "2/3": every third sabotage, beginning with the second.
std::vector<Sabotage> partOf(std::vector<Sabotage> all, const std::string& part) {
    if (part.empty()) return all;
    const auto share = Shard::parse("--part", part);
    std::vector<Sabotage> some;
    for (std::size_t i = share.which - 1; i < all.size(); i += share.of) some.push_back(std::move(all[i]));
    return some;
}

/// With `quiet`, empty for an expected result: failed on a sabotaged machine, passed on one without sabotage.
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

/// Passes lines on, and discards waits.
class LinesOnly final : public Log {
   public:
    explicit LinesOnly(Log& log) : log_(log) {}
    void line(std::string_view text) override { log_.line(text); }
    void waiting(std::string_view, std::chrono::steady_clock::duration) override {}

   private:
    Log& log_;
};

/// Forks of a template on which a lease is held.
class TemplateForks final : public MachineSource {
   public:
    explicit TemplateForks(std::shared_ptr<const Template> from) : from_(std::move(from)) {}
    std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) override {
        return Fork::prepare(from_, log, failure, deadline, CpuThreads::oneForAll);
    }

   private:
    std::shared_ptr<const Template> from_;
};

/// The output file in the run's folder for a scenario name of a plan.
std::filesystem::path outputIn(const RunFolder& folder, std::string name) {
    std::replace(name.begin(), name.end(), '/', '+');
    return folder.outputOf(name);
}

nlohmann::json listJson(const std::vector<Sabotage>& sabotages) {
    auto all = nlohmann::json::array();
    for (const auto& one : sabotages)
        all.push_back({{"id", one.id}, {"claim", one.claim}, {"kind", one.kind}, {"breaks", one.breaks}, {"notice", one.notice}});
    return {{"sabotages", std::move(all)}};
}

/// Maximum time for the reader of a result FIFO.
constexpr auto readerBudget = std::chrono::minutes(1);

/// Writes to standard output if there is no file.
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
    : Command(program, "sabotage", "Break forked machines on purpose, and check that the scenarios fail for the right reason") {
    arguments().add_option("ID", ids_, "Sabotages, with * and ?");
    arguments().add_option("--claim", claims_, "All that break this claim")->type_name("CLAIM");
    arguments().add_flag("--all", everything_, "The whole catalogue");
    arguments()
        .add_option("--part", part_, "Only every N-th of the selected sabotages, starting with the K-th")
        ->type_name("K/N");
    arguments().add_flag("--list", list_, "List them; needs no machine");
    arguments()
        .add_option("-j,--jobs", jobs_, "Scenarios at once, as far as memory allows (default: as for run)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{999}));
    arguments().add_flag("--all-scenarios", allScenarios_, "Run every scenario under each sabotage, and list all that fail");
    arguments().add_flag(
        "--live", live_,
        "Run `boxtest verify` against each sabotaged machine, as against one of somebody else's: only scenarios that "
        "run on machines in use and only read, only sabotages that one of these must notice");
    arguments().add_flag("--no-clean", noClean_, "Do not run the scenarios on machines without sabotage");
    arguments().add_flag("-q,--quiet", quiet_, "Show only problems and the summary");
    arguments()
        .add_option("--json", json_, "Write the result, or with --list the list, as JSON (with --list, -: to standard output)")
        ->type_name("FILE");
    arguments().add_option("--catalogue", folder_, "Read the sabotages from this folder")->type_name("FOLDER");
    arguments().add_option("--template", template_, "Fork from the template in this folder")->type_name("TEMPLATE");
    guest_.add(arguments());
    arguments().footer(
        "  boxtest sabotage --list --claim peer-auth\n"
        "  boxtest sabotage hba-trusts-everybody\n"
        "  boxtest sabotage --all -j2 --json matrix.json\n"
        "  boxtest sabotage --live --all --part 1/3\n\n"
        "Exit status 0 when every sabotage was noticed for the right reason and the clean machine is green, 1 when not, 3 when a "
        "sabotage did not take effect or something was not run, 130 when interrupted.");
}

std::vector<Sabotage> SabotageCommand::select(const SabotageCatalogue& catalogue) const {
    if (!everything_ && ids_.empty() && claims_.empty() && !list_)
        throw UsageError("name sabotages: an ID, --claim CLAIM, or --all; --list shows them");
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
    const auto work = [&] {
        scenarios.emplace(listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)), &failure));
        for (const auto& one : catalogue.all()) SabotagePlan::mustNotice(one, *scenarios);
        plan.emplace(chosen, *scenarios, SabotagePlan::Options{.allScenarios = allScenarios_, .clean = !noClean_, .live = live_});
        if (live_ && plan->sabotages().empty())
            throw UsageError("--live: none of these is noticed by a scenario that runs on machines in use and only reads");
        if (list_) return;
        report.emplace(plan->entries());
        live_ ? runLive(*plan, catalogue.functions(), *report, log, failure) : runPlan(*plan, *report, log, failure);
    };
    if (!runIntoReport(interruption, report, work)) return code(ExitCode::interrupted);
    if (list_) {
        if (json_ != "-") list(plan->sabotages());
        if (!json_.empty()) writeJson(file, listJson(plan->sabotages()));
        return code(ExitCode::good);
    }
    const auto duration = std::chrono::steady_clock::now() - begun;
    const KillMatrix matrix(*plan, *report, catalogue.all(), *scenarios);
    printKillMatrix(std::cout, matrix, duration, TextStyle::of(1), quiet_ ? MatrixRows::none : MatrixRows::all);
    std::cout << std::flush;
    if (!json_.empty()) writeJson(file, killMatrixJson(matrix, duration));
    return code(matrix.exitCode());
}

std::size_t SabotageCommand::jobs() const { return jobs_ > 0 ? jobs_ : Admission::automaticJobs(HostResources().cores()); }

void SabotageCommand::runLive(const SabotagePlan& plan, const std::string& functions, RunReport& report, Log& log,
                              FailureLatch& failure) const {
    const auto from = RunTemplate::find(template_, guest_, true, log, failure);
    const RunFolder folder;
    NullLog quiet;
    TemplateForks machines(from.held ? from.held : Template::open(boxHooks(), from.folder, Deadline::in(openBudget)));
    LiveRunOptions options{
        .program = files::linkTarget("/proc/self/exe"),
        .jobs = jobs(),
        .machineOf = [&](const Sabotage* sabotage, FailureLatch& latch, Deadline deadline) -> std::unique_ptr<TestMachine> {
            if (!sabotage) return machines.prepare(quiet, latch, deadline);
            return SabotagedSource(machines, *sabotage, functions).prepare(quiet, latch, deadline);
        },
        .outputOf = [&](const std::string& name) { return outputIn(folder, name); },
        .lineOf = [&](const ScenarioResult& result) { return lineOf(result, TextStyle::of(2), quiet_); }};
    LiveRun(std::move(options), plan, log, failure).run(report);
    log.line(fmt::format("what `boxtest verify` said: {}", folder.path().string()));
}

void SabotageCommand::runPlan(const SabotagePlan& plan, RunReport& report, Log& log, FailureLatch& failure) const {
    const auto from = RunTemplate::find(template_, guest_, true, log, failure);
    const RunFolder folder;
    const auto style = TextStyle::of(2);
    const auto sabotages = files::absolute(findCatalogue(folder_));
    auto connections = ConnectionHistory::ofUser();
    auto durations = DurationHistory::ofUser();
    ForkRunnerOptions options{
        .program = findScenariosProgram(),
        .templateFolder = from.folder,
        .attachments = {},
        .jobs = std::min(jobs(), std::max<std::size_t>(plan.pairs().size(), 1)),
        // Preparing a fork includes its sabotage, which often restarts a service, so keep many forks ahead.
        .ahead = jobs(),
        .keep = 0,
        .preparationLimit = preparationLimit,
        .connections = &connections,
        .durations = &durations,
        .style = style,
        .outputOf = [&](const std::string& name) { return outputIn(folder, name); },
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
    durations.save(log);
    log.line(fmt::format("the scenarios' own output: {}", folder.path().string()));
}

}  // namespace boxtest
