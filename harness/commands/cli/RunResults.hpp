#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>

#include "base/Error.hpp"
#include "report/ResultFile.hpp"
#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
#include "report/TextStyle.hpp"
#include "store/RunFolder.hpp"

namespace boxtest {

/// The result files of a run: report.json and report.html in the run's folder, and the files that the user named.
class RunResults {
   public:
    static constexpr auto jsonName = "report.json";
    static constexpr auto htmlName = "report.html";

    void addOptions(CLI::App& app);
    /// To be called before the work begins. Throws UsageError for a file that cannot be written.
    void open();

    /// Writes all files, even if one of them fails. `folder`: null if the run ended before it had a folder.
    void write(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts, const RunFolder* folder);
    /// Where the report for the terminal goes: standard output, or standard error when a result file is standard output.
    std::ostream& terminal() const;
    TextStyle style() const { return TextStyle::of(terminal_); }
    /// Prints the report there.
    void print(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts) const;
    /// Throws the first failure of write().
    void check() const;

   private:
    std::string junit_, json_, html_;
    std::optional<ResultFile> junitFile_, jsonFile_, htmlFile_;
    std::filesystem::path page_;  ///< The HTML page; empty if none was written to a file.
    int terminal_ = 1;            ///< The descriptor of the report for the terminal.
    std::optional<Error> failed_;
};

}  // namespace boxtest
