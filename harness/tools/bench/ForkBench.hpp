#pragma once

#include <chrono>
#include <memory>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "bench/BenchReport.hpp"
#include "manifest/Manifest.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// What a machine of one's own costs: fork, first command, first row of SQL, tear-down, memory, keep and resume.
class ForkBench {
   public:
    /// Each quantity is measured `rounds` times, on a fork of its own each time. All must outlive the object.
    ForkBench(std::shared_ptr<const Template> from, int rounds, Log& log, FailureLatch& failure, BenchReport& report);

    void run();

   private:
    void measureForks();
    void measureCommands();
    void measureScenarioCost();
    void measureRows();
    void measurePreparedForks();
    void measureKeeping();
    void measureIdleness();
    /// A fork as scenarios get them.
    std::unique_ptr<Fork> makeFork();
    Deadline deadline() const;
    void say(const char* what, int round);

    std::shared_ptr<const Template> template_;
    const Manifest manifest_;
    int rounds_;
    Log& log_;
    FailureLatch& failure_;
    BenchReport& report_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace boxtest
