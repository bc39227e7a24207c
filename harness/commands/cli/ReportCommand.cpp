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
#include "store/Store.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr auto pageReaderBudget = std::chrono::minutes(1);

nlohmann::json readJson(const fs::path& file) {
    auto json = nlohmann::json::parse(readWholeFile(file), nullptr, false);
    if (json.is_discarded()) throw UsageError(fmt::format("'{}' is no JSON", file.string()));
    return json;
}

bool hasReport(const fs::path& run) { return files::isFile(run / RunResults::jsonName); }

/// Nobody removes the run's folder meanwhile. Nothing for a file elsewhere.
Lease leaseOn(const fs::path& json) {
    const auto run = json.parent_path();
    if (!files::exists(store::runs()) || !files::isSame(run.parent_path(), store::runs())) return {};
    auto lease = Lease::tryTake(store::runLock(run), Lease::Kind::shared);
    if (!lease) throw UsageError(fmt::format("the run in '{}' goes on, or is being removed", run.string()));
    return std::move(*lease);
}

}  // namespace

ReportCommand::ReportCommand(CLI::App& program)
    : Command(program, "report", "Write the page of a run again, from what the run has left") {
    arguments().add_option("RUN", run_,
                           "A run's folder, its name, or a file that `boxtest run --json` has written (default: the latest run)");
    arguments().add_option("--html", html_, "The page (default: report.html beside the JSON)")->type_name("FILE");
    arguments()
        .add_option("--sabotage", sabotages_, "With the kill matrix in this file, which `boxtest sabotage --json` has written")
        ->type_name("FILE");
}

fs::path ReportCommand::find() const {
    if (run_.empty()) {
        auto runs = entriesOf(store::runs());
        // Their names begin with the time.
        std::reverse(runs.begin(), runs.end());
        const auto found = std::find_if(runs.begin(), runs.end(), hasReport);
        if (found == runs.end()) throw UsageError("no run has left a report yet: boxtest run");
        return *found / RunResults::jsonName;
    }
    for (const auto& path : {fs::path(run_), store::runs() / run_}) {
        if (files::isFile(path)) return files::absolute(path);
        if (hasReport(path)) return files::absolute(path / RunResults::jsonName);
    }
    throw UsageError(fmt::format("'{}' is neither a file nor a run that has left a {}", run_, RunResults::jsonName));
}

int ReportCommand::run() {
    const auto json = find();
    const auto lease = leaseOn(json);
    auto report = readJson(json);
    if (!sabotages_.empty() && report.is_object()) {
        auto matrix = readJson(sabotages_);
        if (!matrix.is_object() || !matrix.contains("sabotages"))
            throw UsageError(fmt::format("'{}' is no kill matrix: boxtest sabotage --json FILE writes one", sabotages_));
        report["sabotages"] = std::move(matrix);
    }
    const auto page = htmlReport(report);
    auto file = html_.empty() ? json : fs::path(html_);
    if (html_.empty()) file.replace_extension("html");
    ResultFile(file).write(page, Deadline::in(pageReaderBudget));
    // What is written to standard output is the page itself.
    if (!files::exists(file) || files::isFile(file)) std::cout << files::absolute(file).string() << '\n';
    return code(ExitCode::good);
}

}  // namespace boxtest
