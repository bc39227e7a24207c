#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>

#include "manifest/Manifest.hpp"
#include "reach/RunningGuest.hpp"
#include "ready/BoxHooks.hpp"
#include "store/GuestStore.hpp"
#include "template/Fork.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// A running fork of the guest's own template.
class ForkOfTheGuest : public ::testing::Test {
   protected:
    static Deadline soonEnough() { return Deadline::in(std::chrono::minutes(20)); }

    void SetUp() override {
        TemplateOptions options;
        options.boot.guestFolder = findGuest({});
        const auto from = Template::findOrBuild(boxHooks(), options, log_, failure_, soonEnough());
        fork_ = Fork::prepare(from, log_, failure_, soonEnough());
        fork_->run(soonEnough());
        guest_.emplace(Manifest::load(fork_->guest().folder), fork_->info().ports, fork_->sshTarget(), &failure_);
    }

    RunningGuest& guest() { return *guest_; }

    NullLog log_;
    FailureLatch failure_;
    std::unique_ptr<Fork> fork_;

   private:
    std::optional<RunningGuest> guest_;
};

}  // namespace boxtest
