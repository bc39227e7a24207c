#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/Command.hpp"
#include "report/ReportReader.hpp"

namespace boxtest {

/// `boxtest report [RUN...]`: writes the reports of a run again, from the JSON that the run has written. For several runs that
/// divided the scenarios among them, writes one merged report.
class ReportCommand : public Command {
   public:
    explicit ReportCommand(CLI::App& program);
    int run() override;

   private:
    int writeAgain();
    int merge();
    /// Writes the report into the files that the options name.
    void writeNamed(const nlohmann::json& report);
    /// Prints it for the terminal: to standard output, or to standard error when a result file is standard output.
    void print(const ReadReport& read) const;
    void addSabotages(nlohmann::json& report) const;

    std::vector<std::string> runs_;
    std::string html_;
    std::string json_;
    std::string junit_;
    std::string markdown_;
    std::string sabotages_;
    int terminal_ = 1;  ///< The descriptor that print() writes to.
};

}  // namespace boxtest
