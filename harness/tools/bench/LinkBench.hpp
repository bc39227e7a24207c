#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "bench/BenchReport.hpp"
#include "manifest/Manifest.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// Sessions and tunnels against OpenSSH's client on one fork: each quantity is measured in alternating runs, one of ours and one
/// of OpenSSH's, so that a change of the machine's speed falls on both.
class LinkBench {
   public:
    /// All must outlive the object.
    LinkBench(std::shared_ptr<const Template> from, int rounds, Log& log, FailureLatch& failure, BenchReport& report);

    void run();

   private:
    using Measure = std::function<double()>;
    /// Adds ours, OpenSSH's and the ratio: how many times OpenSSH's time ours is (for throughput: OpenSSH's of ours).
    void compare(const std::string& id, const std::string& what, const std::string& unit, bool moreIsBetter, const Measure& ours,
                 const Measure& theirs);

    std::shared_ptr<const Template> template_;
    const Manifest manifest_;
    int rounds_;
    Log& log_;
    FailureLatch& failure_;
    BenchReport& report_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace boxtest
