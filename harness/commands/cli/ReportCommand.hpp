#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest report [RUN...]`: writes the reports of a run again, from the JSON that the run has left; of several runs, which
/// shared the scenarios among them, the reports of all together.
class ReportCommand : public Command {
   public:
    explicit ReportCommand(CLI::App& program);
    int run() override;

   private:
    int writeAgain();
    int merge();
    /// Into the files that were named.
    void writeNamed(const nlohmann::json& report) const;
    void addSabotages(nlohmann::json& report) const;

    std::vector<std::string> runs_;
    std::string html_;
    std::string json_;
    std::string junit_;
    std::string markdown_;
    std::string sabotages_;
};

}  // namespace boxtest
