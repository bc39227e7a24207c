#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/Error.hpp"
#include "report/ResultFile.hpp"
#include "report/RunFacts.hpp"
#include "report/RunReport.hpp"
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
    /// Path of the HTML page; empty if none was written.
    const std::filesystem::path& page() const { return page_; }
    /// Throws the first failure of write().
    void check() const;

   private:
    std::string junit_, json_, html_;
    std::optional<ResultFile> junitFile_, jsonFile_, htmlFile_;
    std::filesystem::path page_;
    std::optional<Error> failed_;
};

}  // namespace boxtest
