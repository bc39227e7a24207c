#include "cli/ReportCommand.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "cli/RunResults.hpp"
#include "report/HtmlReport.hpp"
#include "report/JunitXml.hpp"
#include "report/MarkdownReport.hpp"
#include "report/MergeReports.hpp"
#include "report/ReportJson.hpp"
#include "report/ResultFile.hpp"
#include "report/TerminalReport.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr auto fileReaderBudget = std::chrono::minutes(1);

bool hasReport(const fs::path& run) { return files::isFile(run / RunResults::jsonName); }

/// A shared lease protects the run's folder from removal. Empty for a file elsewhere.
Lease leaseOn(const fs::path& json) {
    const auto run = json.parent_path();
    if (!files::exists(store::runs()) || !files::isSame(run.parent_path(), store::runs())) return {};
    auto lease = Lease::tryTake(store::runLock(run), Lease::Kind::shared);
    if (!lease) throw UsageError(fmt::format("the run in '{}' goes on, or is being removed", run.string()));
    return std::move(*lease);
}

/// The JSON of the latest run.
fs::path latest() {
    auto runs = entriesOf(store::runs());
    // Folder names begin with the time.
    std::reverse(runs.begin(), runs.end());
    const auto found = std::find_if(runs.begin(), runs.end(), hasReport);
    if (found == runs.end()) throw UsageError("no run has left a report yet: boxtest run");
    return *found / RunResults::jsonName;
}

/// The JSON of the run with this name, folder or file.
fs::path find(const std::string& run) {
    for (const auto& path : {fs::path(run), store::runs() / run}) {
        // Also a FIFO, such as a shell's <(...), or a device, such as /dev/stdin.
        if (files::exists(path) && !files::isFolder(path)) return files::absolute(path);
        if (hasReport(path)) return files::absolute(path / RunResults::jsonName);
    }
    throw UsageError(fmt::format("'{}' is neither a file nor a run that has left a {}", run, RunResults::jsonName));
}

void write(const std::optional<ResultFile>& file, const std::string& text) { file->write(text, Deadline::in(fileReaderBudget)); }

}  // namespace

ReportCommand::ReportCommand(CLI::App& program)
    : Command(program, "report", "Write the report page of an earlier run again, or join the reports of several runs") {
    arguments().add_option(
        "RUN", runs_,
        "A run's folder, its name, or a file that `boxtest run --json` has written, also a FIFO or /dev/stdin (default: "
        "the latest run)");
    arguments().add_option("--html", html_, "The page (default, of one run: report.html beside the JSON)")->type_name("FILE");
    arguments()
        .add_option("--json", json_, "The report as JSON, as of run; '-', as for all files here, is standard output")
        ->type_name("FILE");
    arguments().add_option("--junit", junit_, "The report as JUnit XML, as of run")->type_name("FILE");
    arguments().add_option("--markdown", markdown_, "The claims' table as Markdown, for a CI job's summary")->type_name("FILE");
    arguments()
        .add_option("--sabotage", sabotages_, "With the kill matrix in this file, which `boxtest sabotage --json` has written")
        ->type_name("FILE");
    arguments().footer(
        "  boxtest report\n"
        "  boxtest report shard-1.json shard-2.json --html all.html --junit all.xml\n\n"
        "Of one run the files' paths are printed, with --markdown its verdict, and the exit status is the run's.\n"
        "Several runs are joined when they are of one guest and no scenario ran in two of them, as with `boxtest run --shard`; "
        "else\n"
        "they are refused. The verdict is printed as that of a run, and the exit status is that of a run of all; when a shard "
        "is\n"
        "missing it is 3.");
}

void ReportCommand::addSabotages(nlohmann::json& report) const {
    if (sabotages_.empty() || !report.is_object()) return;
    auto matrix = nlohmann::json::parse(readWholeFile(sabotages_), nullptr, false);
    if (!matrix.is_object() || !matrix.contains("sabotages"))
        throw UsageError(fmt::format("'{}' is no kill matrix: boxtest sabotage --json FILE writes one", sabotages_));
    report["sabotages"] = std::move(matrix);
}

void ReportCommand::writeNamed(const nlohmann::json& report) {
    std::optional<ResultFile> html, json, junit, markdown;
    std::vector<const ResultFile*> files;
    for (const auto& [name, file] :
         {std::pair(&html_, &html), std::pair(&json_, &json), std::pair(&junit_, &junit), std::pair(&markdown_, &markdown)}) {
        if (name->empty()) continue;
        files.push_back(&file->emplace(*name));
        if (files.back()->isStandardOutput()) terminal_ = 2;
    }
    ResultFile::refuseTwins(files);
    if (html) write(html, htmlReport(report));
    if (json) write(json, textOfReport(report));
    if (!junit && !markdown) return;
    const auto read = ReadReport::of(report);
    if (junit) write(junit, junitXml(read.report, read.duration, read.facts));
    if (markdown) write(markdown, markdownReport(read.report, read.duration, read.facts));
}

void ReportCommand::print(const ReadReport& read) const {
    const bool page = !html_.empty() && (!files::exists(html_) || files::isFile(html_)) && html_ != "-";
    auto& out = terminal_ == 1 ? std::cout : std::cerr;
    printReport(out, read.report, read.duration, TextStyle::of(terminal_), read.facts,
                page ? files::absolute(html_) : fs::path());
    out << std::flush;
}

int ReportCommand::run() { return runs_.size() > 1 ? merge() : writeAgain(); }

int ReportCommand::writeAgain() {
    const auto json = runs_.empty() ? latest() : find(runs_.front());
    if (html_.empty() && json_.empty() && junit_.empty() && markdown_.empty()) {
        // A descriptor such as /dev/stdin may lead to a regular file, whose folder is not known.
        const auto& name = json.native();
        if (!files::isFile(json) || name.starts_with("/dev/") || name.starts_with("/proc/"))
            throw UsageError(fmt::format("'{}' is no regular file: where to write? --html FILE", json.string()));
        html_ = fs::path(json).replace_extension("html");
    }
    const auto lease = leaseOn(json);
    auto report = readReportJson(json);
    addSabotages(report);
    writeNamed(report);
    if (!markdown_.empty()) {
        // For a CI job's summary: the log output and the exit status do not depend on the number of runs.
        const auto read = ReadReport::of(report);
        print(read);
        return code(read.report.exitCode());
    }
    // Print no path for standard output, which contains the report itself.
    for (const auto& file : {html_, json_, junit_, markdown_})
        if (!file.empty() && file != "-" && (!files::exists(file) || files::isFile(file)))
            std::cout << files::absolute(file).string() << '\n';
    return code(ExitCode::good);
}

int ReportCommand::merge() {
    std::vector<Lease> leases;
    std::vector<nlohmann::json> jsons;
    std::vector<NamedReport> named;
    jsons.reserve(runs_.size());
    for (const auto& run : runs_) {
        const auto json = find(run);
        leases.push_back(leaseOn(json));
        jsons.push_back(readReportJson(json));
        named.push_back({.name = run, .json = &jsons.back()});
    }
    auto report = mergeReports(named);
    addSabotages(report);
    writeNamed(report);
    const auto read = ReadReport::of(report);
    print(read);
    return code(read.report.exitCode());
}

}  // namespace boxtest
