#pragma once

#include <string>

#include "bench/BenchReport.hpp"
#include "cli/Command.hpp"
#include "cli/GuestOptions.hpp"

namespace boxtest {

/// `boxtest bench`: measures the cost of machines, sessions and tunnels on this host, as medians with their spread.
class BenchCommand : public Command {
   public:
    explicit BenchCommand(CLI::App& program);
    int run() override;

   private:
    void measure(BenchReport& report, Log& log, FailureLatch& failure) const;

    GuestOptions guest_;
    int rounds_ = 20;
    bool boot_ = true;
    bool json_ = false;
    std::string only_ = "all";
};

}  // namespace boxtest
