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

/// The files that a run writes: report.json and report.html into the run's folder, and what the person named.
class RunResults {
   public:
    static constexpr auto jsonName = "report.json";
    static constexpr auto htmlName = "report.html";

    void addOptions(CLI::App& app);
    /// Before the work begins. Throws UsageError for a file that cannot be written.
    void open();

    /// Into all files, even when one of them fails. `folder`: null when the run had not come to one.
    void write(const RunReport& report, std::chrono::duration<double> duration, const RunFacts& facts, const RunFolder* folder);
    /// Where the page is; empty when it is nowhere.
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
