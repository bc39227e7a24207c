#pragma once

#include <filesystem>
#include <string>

#include "cli/Command.hpp"

namespace boxtest {

/// `boxtest report [RUN]`: writes the page of a run again, from the JSON that the run has left.
class ReportCommand : public Command {
   public:
    explicit ReportCommand(CLI::App& program);
    int run() override;

   private:
    /// The JSON of the run that is meant. Throws UsageError when there is none.
    std::filesystem::path find() const;

    std::string run_;
    std::string html_;
    std::string sabotages_;
};

}  // namespace boxtest
