#include "cli/VerifyCommand.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Interruption.hpp"
#include "base/RunProgram.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/RunIntoReport.hpp"
#include "cli/ScenarioRunner.hpp"
#include "cli/ScenariosProgram.hpp"
#include "reach/RunningGuest.hpp"
#include "report/Since.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest {

namespace {

constexpr auto listTime = std::chrono::minutes(1);
constexpr auto commandTime = std::chrono::minutes(1);
constexpr std::size_t largestBox = 65536;

std::string readNames() { return std::string("cat ") + BoxNames::file; }

std::string ownUser() {
    const auto* entry = ::getpwuid(::geteuid());
    return entry ? entry->pw_name : std::to_string(::geteuid());
}

std::string absolute(const std::string& file) {
    if (file.empty()) return {};
    if (!files::isFile(file)) throw UsageError(fmt::format("there is no file '{}'", file));
    return files::absolute(file).string();
}

}  // namespace

VerifyCommand::VerifyCommand(CLI::App& program, std::string version)
    : Command(program, "verify", "Prove on a machine in use what can be seen there without changing it, over SSH as its admin"),
      version_(std::move(version)) {
    arguments()
        .add_option("DESTINATION", destination_, "USER@HOST: the machine's admin, and a host name or an alias of ssh_config")
        ->required();
    arguments().add_option("FILTER", filter_, "Run only these of the safe scenarios; patterns as for `boxtest run`");
    arguments()
        .add_option("-p,--port", machine_.port, "Port of the SSH server (default: ssh_config's)")
        ->type_name("PORT")
        ->check(CLI::Range(1, 65535));
    arguments().add_option("-F,--ssh-config", config_, "Instead of ~/.ssh/config and /etc/ssh/ssh_config")->type_name("FILE");
    arguments()
        .add_option("--names", names_,
                    fmt::format("The machine's names and paths, where it has no {} (docs/box.schema.json)", BoxNames::file))
        ->type_name("FILE");
    arguments()
        .add_option("--ca", authority_, "CA certificates to check its TLS certificate against (default: those of this host)")
        ->type_name("FILE");
    arguments()
        .add_option("--handyman-key", handymanKey_,
                    "Private key of the handyman, without a passphrase: also run the scenarios that log in as her")
        ->type_name("FILE");
    arguments().add_flag("--allow-rollback", allowRollback_, "Also run scenarios that write and roll everything back");
    arguments().add_flag("--dry-run", dryRun_,
                         "Print every command, script, statement and request, and send none of them; without --names the machine "
                         "is asked for its names");
    arguments()
        .add_option("--since", since_, "Show what has changed since this report (JSON of an earlier verify or run)")
        ->type_name("FILE");
    arguments()
        .add_option("--scenario-limit", scenarioLimit_, "How long one scenario may take")
        ->type_name("SECONDS")
        ->check(CLI::Range(1L, 86400L))
        ->capture_default_str();
    results_.addOptions(arguments());
    arguments().footer(
        "  boxtest verify admin@box.example\n"
        "  boxtest verify admin@box.example --dry-run --names box.json\n"
        "  boxtest verify admin@box.example --json today.json --since last-week.json\n\n"
        "Keys, agent, known hosts and jump hosts are those of ssh_config, as far as libssh honours it; the host key must be "
        "known. "
        "One scenario runs at a time, with the lowest priority on the machine, whose journal tells who verified. Scenarios that "
        "read "
        "send only what is declared of them, word by word, and their database sessions are read-only. What cannot be seen on a "
        "machine in use is named in the report, with the reason, and is no failure.\n\n"
        "Exit status 0 when all that was tried passed or showed a known gap, 1 when one failed, 3 when the machine was not "
        "reached "
        "or something was not run, 130 when interrupted.");
}

void VerifyCommand::take() {
    const auto at = destination_.rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == destination_.size())
        throw UsageError(fmt::format("'{}' is not a destination: USER@HOST, with the machine's admin as USER", destination_));
    user_ = destination_.substr(0, at);
    machine_.host = destination_.substr(at + 1);
    machine_.config = absolute(config_);
    machine_.authority = absolute(authority_);
    machine_.handymanKey = absolute(handymanKey_);
    names_ = absolute(names_);
    if (since_.empty()) return;
    earlier_ = ReadReport::load(since_);
}

std::vector<std::string> VerifyCommand::optionsToRepeat() const {
    std::vector<std::string> words;
    const auto add = [&](const char* option, const std::string& value) {
        if (!value.empty()) words.insert(words.end(), {option, value});
    };
    add("-p", machine_.port == 0 ? "" : std::to_string(machine_.port));
    add("-F", machine_.config.string());
    add("--names", names_);
    add("--ca", machine_.authority.string());
    add("--handyman-key", machine_.handymanKey.string());
    if (allowRollback_) words.emplace_back("--allow-rollback");
    add("--scenario-limit", scenarioLimit_ == usualScenarioLimit ? "" : std::to_string(scenarioLimit_));
    return words;
}

Session VerifyCommand::login(const FailureLatch& failure) const { return machine_.login(user_, {}, &failure); }

void VerifyCommand::takeNames(std::optional<Session>& session, const FailureLatch& failure) {
    machine_.box = folder() / "box.json";
    std::string text;
    if (!names_.empty()) {
        text = readWholeFile(names_);
    } else {
        session.emplace(login(failure));
        const auto told =
            session->run(readNames(), {.input = {}, .deadline = Deadline::in(commandTime), .outputLimit = largestBox});
        if (!told.succeeded())
            throw UsageError(fmt::format("cannot read the machine's names: '{}' {}; give them with --names FILE", readNames(),
                                         told.describe()));
        text = told.out;
    }
    writeFileAtomically(machine_.box, text, 0600);
    // Errors name the original: the copy is removed again.
    const auto names = BoxNames::load(machine_.box, names_.empty() ? destination_ + ":" + BoxNames::file : names_);
    manifest_ = machine_.manifest();
    if (manifest_->names.admin != user_)
        throw UsageError(fmt::format("the machine's admin is '{}', not '{}'", manifest_->names.admin, user_));
    facts_.live.machine = destination_;
    facts_.live.options = optionsToRepeat();
    facts_.live.deviations = names.deviations();
    facts_.tested.flavour = manifest_->flavour;
    facts_.tested.machines = "a machine in use, one scenario at a time";
}

std::string VerifyCommand::whyNot(const CatalogueEntry& entry) const {
    if (!entry.notLive.empty()) return entry.notLive;
    if (entry.effect == Effect::changes) return "it changes the machine";
    if (entry.effect == Effect::rollsBack && !allowRollback_) return "it writes and rolls back, which needs --allow-rollback";
    if (entry.has("handyman") && machine_.handymanKey.empty()) return "it logs in as a handyman, which needs --handyman-key FILE";
    return {};
}

std::vector<CatalogueEntry> VerifyCommand::select(const Catalogue& catalogue) const {
    auto selected = catalogue.select(filter_);
    std::erase_if(selected, [&](const CatalogueEntry& entry) { return !whyNot(entry).empty(); });
    if (selected.empty())
        throw UsageError(fmt::format("no scenario that '{}' selects runs on a machine in use: {}", filter_,
                                     whyNot(catalogue.select(filter_).front())));
    return selected;
}

void VerifyCommand::printAll(const std::vector<CatalogueEntry>& planned, const FailureLatch& failure) const {
    std::cout << "##### what is sent as " << user_ << " beside the scenarios\n";
    if (names_.empty()) std::cout << readNames() << "    (sent already: the names below are the machine's)\n";
    std::cout << journalCommand("begun") << "\n"
              << journalCommand("ended: ...") << "\n"
              << LiveMachine::lowestPriority << "    (before each command)\n"
              << "tunnels to " << manifest_->postgresql.socketPath() << ", and to the ports " << manifest_->web.httpPort
              << " and " << manifest_->web.httpsPort << " of 127.0.0.1\n"
              << "sudo -n -- /bin/sh    (for what is sent as root), and there once:\n"
              << RunningGuest::pythonScript(*manifest_) << "\n\n";
    std::vector<std::string> names;
    for (const auto& entry : planned) names.push_back(entry.scenario);
    RunProgramOptions options;
    options.failure = &failure;
    const auto printed = runProgram({findScenariosProgram().string(), "--live", (folder() / "live.json").string(), "--print-asks",
                                     fmt::format("--gtest_filter={}", fmt::join(names, ":"))},
                                    Deadline::in(listTime), options);
    std::cout << printed.out;
    if (!printed.succeeded()) throw TransportError("the scenarios program " + printed.describe());
}

std::string VerifyCommand::journalCommand(const std::string& what) const {
    return "systemd-cat -t boxtest -p notice echo " +
           shellQuote(fmt::format("boxtest {} verifies this machine as {}, by {}@{} from", version_, user_, ownUser(),
                                  facts_.host.name)) +
           " \"${SSH_CONNECTION%% *}:\" " + shellQuote(what);
}

void VerifyCommand::tellJournal(Session& session, const std::string& what) const {
    const auto told = session.run(journalCommand(what), {.input = {}, .deadline = Deadline::in(commandTime)});
    if (!told.succeeded())
        throw GuestError(fmt::format("cannot write into the machine's journal who verifies it: {}", told.describe()));
}

void VerifyCommand::runScenarios(Session& session, RunReport& report, Log& log, const FailureLatch& failure) {
    tellJournal(session, fmt::format("begun, {} scenarios", report.results().size()));
    ScenarioRunnerOptions options{.program = findScenariosProgram(),
                                  .machineFile = folder() / "live.json",
                                  .machineOption = "--live",
                                  .attachments = folder_->attachments(),
                                  .outputFile = folder_->output(),
                                  .scenarioLimit = std::chrono::seconds(scenarioLimit_),
                                  .style = TextStyle::of(2)};
    ScenarioRunner(std::move(options), log, failure).run(report);
    report.collect(Attachments(folder_->attachments()));
    log.line(fmt::format("the scenarios' own output: {}", folder_->output().string()));
    const auto counts = report.counts();
    tellJournal(session, fmt::format("ended, {} passed, {} failed, {} not run", counts.passed + counts.knownGap, counts.failed,
                                     counts.notRun));
}

void VerifyCommand::compare(const RunReport& report) {
    if (!earlier_) return;
    facts_.live.since = since_;
    facts_.live.changes = changesSince(earlier_->report, report);
    for (const auto& line : facts_.live.deviations)
        if (std::ranges::find(earlier_->facts.live.deviations, line) == earlier_->facts.live.deviations.end())
            facts_.live.changes.insert(facts_.live.changes.begin(), "it calls itself otherwise: " + line);
}

int VerifyCommand::run() {
    take();
    results_.open();
    facts_ = RunFacts::ofThisProcess(version_);
    Interruption interruption;
    FailureLatch failure;
    const auto handling = interruption.handleBy(failure);
    const auto begun = std::chrono::steady_clock::now();
    ProgressLog log(std::cerr, ProgressLog::columnsOf(2));

    std::optional<RunReport> report;
    std::optional<Session> session;
    const auto work = [&] {
        const auto catalogue = listScenarios(findScenariosProgram(), Deadline::in(listTime), &failure);
        const auto planned = select(catalogue);
        if (dryRun_)
            dryFolder_.emplace("verify");
        else
            folder_.emplace();
        facts_.folder = folder();
        takeNames(session, failure);
        machine_.save(folder() / "live.json");
        if (dryRun_) return printAll(planned, failure);
        report.emplace(planned, catalogue);
        for (const auto& entry : catalogue.select(filter_))
            if (const auto why = whyNot(entry); !why.empty()) report->notLive(entry.scenario, why);
        if (!session) session.emplace(login(failure));
        runScenarios(*session, *report, log, failure);
    };
    if (!runIntoReport(interruption, report, work)) return code(ExitCode::interrupted);
    if (dryRun_) return code(ExitCode::good);
    const auto duration = std::chrono::steady_clock::now() - begun;
    compare(*report);
    report->timeLine().finish();
    results_.write(*report, duration, facts_, &*folder_);
    printLive(results_.terminal(), facts_.live, results_.style());
    results_.print(*report, duration, facts_);
    results_.check();
    return code(report->exitCode());
}

}  // namespace boxtest
