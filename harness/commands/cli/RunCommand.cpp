#include "cli/RunCommand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "cli/MachineWatch.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/RunIntoReport.hpp"
#include "cli/ScenarioRunner.hpp"
#include "cli/ScenariosProgram.hpp"
#include "machine/ReadyMachine.hpp"
#include "ready/BoxHooks.hpp"
#include "report/ReportReader.hpp"
#include "report/TerminalReport.hpp"
#include "schedule/ForkRunner.hpp"
#include "schedule/PauseKeeper.hpp"
#include "schedule/Shard.hpp"
#include "store/Lease.hpp"
#include "store/Store.hpp"
#include "template/Fork.hpp"
#include "template/LastMade.hpp"

namespace boxtest {

namespace {

constexpr std::size_t keptByDefault = 5;

/// For scenarios that create a second machine next to theirs, and for scenarios that restart their machine.
bool needsForks(const CatalogueEntry& entry) { return entry.has("twoMachines") || entry.has("ownMachine"); }

/// Another scenario can have its machine after it has passed.
bool leavesItsMachineAsItWas(const CatalogueEntry& entry) { return entry.effect != Effect::changes && !needsForks(entry); }

/// On a shared machine, scenarios cannot have a second machine or restart it.
void leaveOutWhatNeedsForks(std::optional<RunReport>& report, Log& log) {
    const auto without = report->planned([](const CatalogueEntry& entry) { return !needsForks(entry); });
    const auto left = report->results().size() - without.size();
    if (left == 0) return;
    if (without.empty()) throw UsageError("this needs machines of its own, which only forks are: boxtest run --forks");
    log.line(fmt::format("left out: {} that need{} machines of their own, which only forks are", left, left == 1 ? "s" : ""));
    const auto catalogue = report->catalogue();
    report.emplace(without, catalogue);
}

/// Duration of each scenario including its machine's preparation, from the JSON of a run.
std::map<std::string, double> durationsIn(const std::string& file) {
    const auto read = ReadReport::load(file);
    std::map<std::string, double> seconds;
    for (const auto& result : read.report.results())
        if (result.verdict != Verdict::notRun)
            seconds[result.scenario] = std::chrono::duration<double>(result.duration + result.preparation).count();
    return seconds;
}

/// "comparing the machine after 120 of 143 scenarios": the others may leave changes.
std::string effectsChecked(const RunReport& report) {
    const auto checked = report.planned([](const CatalogueEntry& entry) { return entry.effect != Effect::changes; });
    return fmt::format("comparing the machine after {} of {} scenarios; the others declare that they change it", checked.size(),
                       report.results().size());
}

/// "--quick left out 120 of 143 scenarios ...": a first look proves nothing about these.
std::string leftOutByQuick(const RunReport& report, const std::string& filter) {
    const auto all = report.catalogue().select(filter);
    std::set<std::string> claims;
    for (const auto& entry : all) claims.insert(entry.claim);
    const auto ran = Catalogue::onePerClaim(all);
    for (const auto& entry : ran) claims.erase(entry.claim);
    return fmt::format("--quick left out {} of {} scenarios{}; all of them: the same command without --quick",
                       all.size() - ran.size(), all.size(),
                       claims.empty() ? "" : fmt::format(", and with them the whole of {}", fmt::join(claims, ", ")));
}

/// Scenarios of two runs on one machine would meet: they create roles and databases of the same names, and count sessions.
Lease takeSharedMachine(Log& log, const FailureLatch& failure) {
    const Lease::LockFile lock{.path = runtimeFolder() / "run.lock"};
    if (auto lease = Lease::tryTake(lock, Lease::Kind::exclusive)) return std::move(*lease);
    constexpr auto whom = "another `boxtest run`, which uses the machine that is up";
    log.line(fmt::format("waiting for {}; --forks does not wait", whom));
    return Lease::wait(lock, Lease::Kind::exclusive, whom, log, &failure, Deadline::never());
}

}  // namespace

RunCommand::RunCommand(CLI::App& program, std::string version)
    : Command(program, "run", "Run scenarios: on the machine that is up, else on forks of the guest's template"),
      version_(std::move(version)) {
    arguments().add_option("FILTER", filter_,
                           "Patterns (* and ?) of claims, suites or scenarios, traits such as slow, or effects "
                           "(reads, rollsBack, changes), separated by ':'; those after ':-' are left out");
    arguments().add_flag("--quick", quick_, "Run only the first scenario of each claim that is not slow");
    arguments().add_flag("--list-only", listOnly_, "Print the names of the scenarios that are meant, a line each, and run none");
    arguments()
        .add_option("--shard", shard_,
                    "Run only the K-th of N shares, on one of several machines; `boxtest report` joins the results")
        ->type_name("K/N");
    arguments()
        .add_option(
            "--durations", durations_,
            "Shards that take equally long, by the durations in this JSON of an earlier run: the same file on every machine")
        ->type_name("FILE");
    results_.addOptions(arguments());
    arguments()
        .add_option("--scenario-limit", scenarioLimit_, "How long one scenario may take")
        ->type_name("SECONDS")
        ->check(CLI::Range(1L, 86400L))
        ->capture_default_str();
    arguments().add_flag("--fresh", fresh_, "Boot one machine for this run, without a template, even when one is up");
    addForkOptions();
    guest_.add(arguments());
    arguments().footer(
        "  boxtest run\n"
        "  boxtest run -j4 tcp-refused\n"
        "  boxtest run '*:-slow'\n"
        "  boxtest run --pristine '*:-slow'\n"
        "  boxtest run --check-effects 'reads:rollsBack:-slow'\n"
        "  boxtest run 'PeerAuth.*:handyman-*:-*Slow*' --junit results.xml\n"
        "  boxtest run --shard 1/3 --json shard-1.json\n"
        "  boxtest run -j1 --pause-on-failure HandymanData.SheUsesSequences\n\n"
        "A machine that is up is used, by all scenarios one after another, unless --fresh or an option of forks is given.\n"
        "A second run on it waits until the first has ended.\n"
        "The first failed check ends a scenario that has a new fork, and the fork is kept as it is at that moment: `boxtest "
        "resume SCENARIO` brings it back. A scenario that fails on a fork of others runs again on a new one, and has failed.\n\n"
        "Exit status 0 when all passed or showed a known gap, 1 when one failed, 3 when a machine failed or something was not "
        "run, 130 when "
        "interrupted.");
}

void RunCommand::addForkOptions() {
    auto& group = *arguments().add_option_group("Forks", "Scenarios on forks, which they have for themselves");
    group.add_flag("--forks", forks_, "On forks even when a machine is up");
    group
        .add_option("-j,--jobs", jobs_, "Scenarios at once, as far as memory allows (default: auto, what memory and cores allow)")
        ->type_name("N|auto")
        ->check([](const std::string& text) -> std::string {
            const bool number = !text.empty() && text.size() < 4 && text.find_first_not_of("0123456789") == std::string::npos &&
                                text.find_first_not_of('0') != std::string::npos;
            return text == "auto" || number ? "" : "'" + text + "' is neither auto nor a number from 1 to 999";
        });
    group.add_flag(
        "--pristine", pristine_,
        "Each scenario on a new fork (default: those that declare to leave a machine as it was take over each other's)");
    group.add_flag("--shared", shared_, "All scenarios on one fork, one after another");
    group
        .add_option("--template", template_,
                    "Fork from the template in this folder (default: the guest's own, built when missing)")
        ->type_name("TEMPLATE");
    addAfterOption(group, after_);
    group.add_flag("--no-build", noBuild_, "Fail when there is no template yet");
    group.add_option("--keep", keep_, "Machines of failed scenarios to keep at most (default: 5)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, std::size_t{1000}));
    group.add_option("--memory", memory_, "What all forks together may use, such as 2GB (default: what the host has left)")
        ->type_name("SIZE")
        ->transform(CLI::AsSizeValue(false));
    group.add_flag("--check-effects", checkEffects_,
                   "After each scenario that declares to leave its machine as it was, compare: files, catalogue, rows, units");
    group.add_flag("--pause-on-failure", pause_, "Let the machine of a failed scenario run until Enter; one scenario at a time");
}

bool RunCommand::asksForForks() const {
    return forks_ || pristine_ || shared_ || noBuild_ || pause_ || checkEffects_ || !jobs_.empty() || !template_.empty() ||
           !after_.empty() || keep_ || memory_ > 0;
}

void RunCommand::check() const {
    if (fresh_ && asksForForks()) throw UsageError("--fresh boots one machine without a template: options of forks do not apply");
    if (shared_ && (pause_ || keep_ || memory_ > 0 || (!jobs_.empty() && jobs_ != "1")))
        throw UsageError("--shared runs all scenarios on one fork, which is not kept");
    if (shared_ && pristine_) throw UsageError("--shared runs all scenarios on one fork, --pristine each on a new one");
    if (shared_ && checkEffects_)
        throw UsageError("--check-effects compares a machine that one scenario has for itself: not with --shared");
    if (pause_ && !jobs_.empty() && jobs_ != "1")
        throw UsageError("--pause-on-failure needs -j1: only one machine at a time can wait for you");
    if (pause_ && keep_) throw UsageError("--pause-on-failure keeps no machine: it runs on until you are done with it");
    if (!durations_.empty() && shard_.empty()) throw UsageError("--durations is for --shard");
    RunTemplate::check(template_, guest_);
    if (!after_.empty() && !template_.empty())
        throw UsageError("--after and --template exclude each other: a template that exists cannot be frozen at another moment");
}

int RunCommand::run() {
    check();
    if (listOnly_) return listOnly();
    results_.open();
    facts_ = RunFacts::ofThisProcess(version_);
    facts_.shard = shard_;
    Interruption interruption;
    FailureLatch failure;
    const auto handling = interruption.handle([&](int signal) {
        failure.interrupt(Interruption::describe(signal));
        warmingFailure_.interrupt(Interruption::describe(signal));
    });
    const auto begun = std::chrono::steady_clock::now();
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));

    std::optional<RunReport> report;
    const auto work = [&] {
        const auto catalogue = listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)), &failure);
        report.emplace(selectFrom(catalogue), catalogue);
        runScenarios(report, log, failure);
    };
    if (!runIntoReport(interruption, report, work)) return code(ExitCode::interrupted);
    const auto duration = std::chrono::steady_clock::now() - begun;
    if (quick_ && report) log.line(leftOutByQuick(*report, filter_));
    report->timeLine().finish();
    results_.write(*report, duration, facts_, folder_ ? &*folder_ : nullptr);
    results_.print(*report, duration, facts_);
    results_.check();
    if (warming_) warming_->finish();
    return code(report->exitCode());
}

std::vector<CatalogueEntry> RunCommand::selectFrom(const Catalogue& catalogue) const {
    auto selected = catalogue.select(filter_);
    if (quick_) selected = Catalogue::onePerClaim(selected);
    if (selected.empty()) throw UsageError(fmt::format("--quick: what fits '{}' is all slow", filter_));
    if (shard_.empty()) return selected;
    const auto shard = Shard::parse("--shard", shard_);
    return shard.choose(selected, durations_.empty() ? std::map<std::string, double>{} : durationsIn(durations_));
}

int RunCommand::listOnly() const {
    for (const auto& entry : selectFrom(listScenarios(findScenariosProgram(), Deadline::in(std::chrono::minutes(1)))))
        std::cout << entry.scenario << '\n';
    return code(ExitCode::good);
}

void RunCommand::runScenarios(std::optional<RunReport>& report, Log& log, FailureLatch& failure) {
    folder_.emplace();
    facts_.folder = folder_->path();
    if (!asksForForks() && !fresh_) {
        if (auto up = machineThatIsUp(log)) {
            leaveOutWhatNeedsForks(report, log);
            return runOnUp(std::move(*up), *report, log, failure);
        }
    }
    if (!fresh_ && !shared_) return runOnForks(*report, log, failure);
    leaveOutWhatNeedsForks(report, log);
    fresh_ ? runOnFresh(*report, log, failure) : runOnOneFork(*report, log, failure);
}

std::optional<UpMachine> RunCommand::machineThatIsUp(Log& log) {
    auto up = UpMachine::tryFind(log);
    if (!up) return std::nullopt;
    if (const auto difference = guest_.differenceTo(up->info))
        throw UsageError(
            fmt::format("the machine that is up is not what was asked for: {}: boxtest down, or --forks", *difference));
    return up;
}

void RunCommand::runOnUp(UpMachine up, RunReport& report, Log& log, FailureLatch& failure) {
    log.line(fmt::format("using the machine that is up (guest {}, {}); --pristine gives each scenario one of its own",
                         up.manifest.id.substr(0, 12), up.info.accelerator));
    const auto info = up.info;
    facts_.tested.take(up.manifest);
    facts_.tested.machines = "the machine that was up, by all scenarios one after another";
    facts_.tested.accelerator = info.accelerator;
    facts_.tested.templateKey = info.templateKey;
    const MachineWatch watch(std::move(up.keeper), failure);
    const auto lease = takeSharedMachine(log, failure);
    runOn(info, report, log, failure);
}

void RunCommand::runOnFresh(RunReport& report, Log& log, FailureLatch& failure) {
    report.timeLine().enter("", TimeLine::Phase::boot);
    auto boot = guest_.resolve();
    boot.lastBoot = LastMade::in(store::templates()).boot;
    auto machine = ReadyMachine::boot(boxHooks(), boot, log, failure);
    report.timeLine().leave("");
    facts_.tested.take(Manifest::load(machine.info().guestFolder));
    facts_.tested.machines = "one that was booted for this run, by all scenarios one after another";
    facts_.tested.accelerator = machine.info().accelerator;
    runOn(machine.info(), report, log, failure);
    machine.stop(Deadline::in(std::chrono::seconds(10)));
    if (report.exitCode() == ExitCode::machineFailed) machine.folder().keepLogs();
}

void RunCommand::runOnOneFork(RunReport& report, Log& log, FailureLatch& failure) {
    const auto deadline = Deadline::in(std::chrono::minutes(2));
    const auto from = findTemplate(report, log, failure);
    facts_.tested.machines = "one fork of the template, by all scenarios one after another";
    facts_.tested.takeTemplate(from.folder);
    report.timeLine().enter("", TimeLine::Phase::fork);
    const auto fork =
        Fork::prepare(from.held ? from.held : Template::open(boxHooks(), from.folder, deadline), log, failure, deadline);
    fork->run(deadline);
    report.timeLine().leave("");
    log.line(fmt::format("all scenarios share one fork of {}", from.folder.string()));
    runOn(fork->info(), report, log, failure);
    fork->stop(Deadline::in(std::chrono::seconds(10)));
    if (report.exitCode() == ExitCode::machineFailed) fork->folder().keepLogs();
}

void RunCommand::runOn(const MachineInfo& info, RunReport& report, Log& log, const FailureLatch& failure) {
    const auto& folder = *folder_;
    auto durations = DurationHistory::ofUser();
    ScenarioRunnerOptions options{.program = findScenariosProgram(),
                                  .machineFile = info.file(),
                                  .attachments = folder.attachments(),
                                  .outputFile = folder.output(),
                                  .qemuPid = info.qemuPid,
                                  .scenarioLimit = std::chrono::seconds(scenarioLimit_),
                                  .style = TextStyle::of(2),
                                  .durations = &durations};
    ScenarioRunner(std::move(options), log, failure).run(report);
    durations.save(log);
    report.collect(Attachments(folder.attachments()));
    log.line(fmt::format("the scenarios' own output: {}", folder.output().string()));
}

RunTemplate RunCommand::findTemplate(RunReport& report, Log& log, FailureLatch& failure) {
    report.timeLine().enter("", TimeLine::Phase::findingTemplate);
    const auto stage = quick_ && after_.empty() ? TemplateStage::ready : TemplateStage::warm;
    auto found = RunTemplate::find(template_, guest_, !noBuild_, log, failure, stage, after_);
    if (found.held && found.held->stage() == TemplateStage::ready)
        warming_.emplace(TemplateOptions{.boot = guest_.resolve()}, found.held, log, warmingFailure_);
    report.timeLine().leave("");
    return found;
}

std::size_t RunCommand::jobs() const {
    if (pause_) return 1;
    if (jobs_.empty() || jobs_ == "auto") return Admission::automaticJobs(HostResources().cores());
    return std::stoul(jobs_);
}

void RunCommand::runOnForks(RunReport& report, Log& log, FailureLatch& failure) {
    const auto from = findTemplate(report, log, failure);
    const auto& folder = *folder_;
    PauseKeeper keeper(log, failure);
    auto connections = ConnectionHistory::ofUser();
    auto durations = DurationHistory::ofUser();
    ForkRunnerOptions options{.program = findScenariosProgram(),
                              .templateFolder = from.folder,
                              .attachments = folder.attachments(),
                              .jobs = std::min(jobs(), report.results().size()),
                              .memoryLimit = memory_,
                              .keep = keep_.value_or(keptByDefault),
                              .scenarioLimit = std::chrono::seconds(scenarioLimit_),
                              .connections = &connections,
                              .durations = &durations,
                              .style = TextStyle::of(2),
                              .outputOf = [&](const std::string& scenario) { return folder.outputOf(scenario); },
                              .keptFolderOf = [&](const std::string& scenario) { return folder.keptOf(scenario); },
                              .pause = {}};
    std::set<std::string> harmless;
    for (const auto& entry : report.planned(leavesItsMachineAsItWas)) harmless.insert(entry.scenario);
    // A person who looks at the machine, and a comparison with it, want to know whose traces they see.
    const bool reuse = !pristine_ && !pause_ && !checkEffects_ && ForkRunner::reusesForks(harmless.size(), options.jobs);
    if (reuse) options.reuses = [&](const std::string& scenario) { return harmless.contains(scenario); };
    facts_.tested.machines =
        fmt::format("a fork of the template for {}, {}",
                    reuse ? "each scenario, or one that another scenario has left as it was" : "each scenario",
                    options.jobs == 1 ? "one at a time" : fmt::format("up to {} at once", options.jobs));
    facts_.tested.takeTemplate(from.folder);
    if (checkEffects_) {
        // With --check-effects, the harness opens connections of its own, so what a scenario used cannot be learned.
        options.connections = nullptr;
        options.orderOf = [](const std::string& scenario) {
            return ForkRunnerOptions::Order{.scenario = scenario, .more = {"--check-effects"}};
        };
        log.line(effectsChecked(report));
    }
    if (pause_) options.pause = [&](const std::string& scenario, const std::string& machine) { keeper.wait(scenario, machine); };
    ForkRunner(std::move(options), warming_ ? warming_->foreground() : log, failure).run(report);
    connections.save(log);
    // With --check-effects, a scenario's duration includes the comparison of its machine.
    if (!checkEffects_) durations.save(log);
    report.collect(Attachments(folder.attachments()));
    log.line(fmt::format("the scenarios' own output: {}", folder.path().string()));
}

}  // namespace boxtest
