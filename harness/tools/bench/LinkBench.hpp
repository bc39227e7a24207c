#pragma once

#include <functional>
#include <string>

#include "bench/BenchSubject.hpp"

namespace boxtest {

/// Compares sessions and tunnels with OpenSSH's client on one fork: each quantity is measured in alternating runs, one of boxtest
/// and one of OpenSSH, so that a change of the machine's speed affects both.
class LinkBench : private BenchSubject {
   public:
    using BenchSubject::BenchSubject;

    void run();

   private:
    using Measure = std::function<double()>;
    /// Adds three rows: boxtest's, OpenSSH's and their ratio: boxtest's time divided by OpenSSH's (for throughput: OpenSSH's
    /// divided by boxtest's).
    void compare(const std::string& id, const std::string& what, const std::string& unit, bool moreIsBetter, const Measure& ours,
                 const Measure& theirs);
};

}  // namespace boxtest
