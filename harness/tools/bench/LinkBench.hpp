#pragma once

#include <functional>
#include <string>

#include "bench/BenchSubject.hpp"

namespace boxtest {

/// Sessions and tunnels against OpenSSH's client on one fork: each quantity is measured in alternating runs, one of ours and one
/// of OpenSSH's, so that a change of the machine's speed falls on both.
class LinkBench : private BenchSubject {
   public:
    using BenchSubject::BenchSubject;

    void run();

   private:
    using Measure = std::function<double()>;
    /// Adds ours, OpenSSH's and the ratio: how many times OpenSSH's time ours is (for throughput: OpenSSH's of ours).
    void compare(const std::string& id, const std::string& what, const std::string& unit, bool moreIsBetter, const Measure& ours,
                 const Measure& theirs);
};

}  // namespace boxtest
