#pragma once

#include <memory>

#include "bench/BenchSubject.hpp"
#include "template/Fork.hpp"

namespace boxtest {

/// The cost of a separate machine: fork, first command, first SQL row, tear-down, memory, keep and resume. Each measurement uses
/// a new fork.
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
    /// A fork prepared in the way in which scenarios get them.
    std::unique_ptr<Fork> makeFork();
    Deadline deadline() const;
    void say(const char* what, int round);
};

}  // namespace boxtest
