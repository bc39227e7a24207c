#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "bench/BenchReport.hpp"
#include "manifest/Manifest.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// Base of each bench: the template whose forks are measured, the number of rounds, and the report for the rows.
class BenchSubject {
   public:
    /// Each quantity is measured `rounds` times. All must outlive the object.
    BenchSubject(std::shared_ptr<const Template> from, int rounds, Log& log, FailureLatch& failure, BenchReport& report)
        : template_(std::move(from)),
          manifest_(Manifest::load(template_->guest().folder)),
          rounds_(rounds),
          log_(log),
          failure_(failure),
          report_(report) {}

   protected:
    std::shared_ptr<const Template> template_;
    const Manifest manifest_;
    int rounds_;
    Log& log_;
    FailureLatch& failure_;
    BenchReport& report_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace boxtest
