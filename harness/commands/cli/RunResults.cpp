#include "cli/RunResults.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Files.hpp"
#include "report/HtmlReport.hpp"
#include "report/JunitXml.hpp"
#include "report/ReportJson.hpp"
#include "report/TerminalReport.hpp"

namespace boxtest {

namespace {

/// Maximum time for the reader of a result FIFO.
constexpr auto resultReaderBudget = std::chrono::minutes(1);

}  // namespace

void RunResults::addOptions(CLI::App& app) {
    app.add_option("--junit", junit_,
                   "Write the results as JUnit XML, too; '-' is standard output, and the report then goes to standard error")
        ->type_name("FILE");
    app.add_option("--json", json_, "Write the results as JSON, too: claim by claim, with all that is known")->type_name("FILE");
    app.add_option("--html", html_, "Write the report for people there (default: report.html in the run's folder)")
        ->type_name("FILE");
}

void RunResults::open() {
    if (!junit_.empty()) junitFile_.emplace(junit_);
    if (!json_.empty()) jsonFile_.emplace(json_);
    if (!html_.empty()) htmlFile_.emplace(html_);
    const auto pointerTo = [](const std::optional<ResultFile>& file) { return file ? &*file : nullptr; };
    ResultFile::refuseTwins({pointerTo(junitFile_), pointerTo(jsonFile_), pointerTo(htmlFile_)});
    for (const auto* file : {&junitFile_, &jsonFile_, &htmlFile_})
        if (*file && (*file)->isStandardOutput()) terminal_ = 2;
}

void RunResults::write(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts,
                       const RunFolder* folder) {
    const auto attempt = [&](const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            if (!failed_) failed_ = error;
        }
    };
    const auto deadline = [] { return Deadline::in(resultReaderBudget); };
    const auto json = reportJson(report, duration, facts);
    if (junitFile_) attempt([&] { junitFile_->write(junitXml(report, duration, facts), deadline()); });
    if (jsonFile_) attempt([&] { jsonFile_->write(json, deadline()); });
    if (folder) attempt([&] { writeFileAtomically(folder->path() / jsonName, json, 0600); });
    if (!folder && !htmlFile_) return;
    attempt([&] {
        const auto page = htmlReport(nlohmann::json::parse(json));
        if (htmlFile_) {
            htmlFile_->write(page, deadline());
            page_ = htmlFile_->isStandardOutput() ? "" : files::absolute(html_);
        } else {
            const auto file = folder->path() / htmlName;
            writeFileAtomically(file, page, 0600);
            page_ = file;
        }
    });
}

std::ostream& RunResults::terminal() const { return terminal_ == 1 ? std::cout : std::cerr; }

void RunResults::print(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts) const {
    printReport(terminal(), report, duration, style(), facts, page_);
    terminal() << std::flush;
}

void RunResults::check() const {
    if (failed_) throw *failed_;
}

}  // namespace boxtest
