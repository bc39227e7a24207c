#pragma once

#include <memory>

#include "bench/BenchSubject.hpp"
#include "template/Fork.hpp"

namespace boxtest {

/// What a machine of one's own costs: fork, first command, first row of SQL, tear-down, memory, keep and resume. Each quantity is
/// measured on a fork of its own each time.
class ForkBench : private BenchSubject {
   public:
    using BenchSubject::BenchSubject;

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
};

}  // namespace boxtest
