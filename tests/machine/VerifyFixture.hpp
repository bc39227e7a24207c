#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "Paths.hpp"
#include "base/RunProgram.hpp"
#include "machine/ForkOfTheGuest.hpp"
#include "sabotage/ForeignMachine.hpp"

namespace boxtest {

/// `boxtest verify` against a fork as if the fork were a machine in use: through its forwarded port, with a separate ssh_config
/// and known hosts and the admin's key, and without the token and the guest's agent.
class VerifyOfAGuest : public ForkOfTheGuest {
   protected:
    void SetUp() override {
        ForkOfTheGuest::SetUp();
        theirs_.emplace(guest().manifest(), fork_->info().ports.ssh);
    }

    std::filesystem::path file(const std::string& name) const { return theirs_->file(name); }

    CapturedOutput verify(const std::vector<std::string>& more) const { return runIt(theirs_->words(), more); }
    CapturedOutput verifyWithoutHandyman(const std::vector<std::string>& more) const {
        auto words = theirs_->words();
        words.resize(words.size() - 2);
        return runIt(std::move(words), more);
    }
    /// `before`: arguments of a program that runs `boxtest verify`.
    static CapturedOutput runIt(std::vector<std::string> words, const std::vector<std::string>& more,
                                std::vector<std::string> before = {}) {
        before.insert(before.end(), {paths::program, "verify"});
        std::ranges::copy(words, std::back_inserter(before));
        std::ranges::copy(more, std::back_inserter(before));
        return runProgram(before, Deadline::in(std::chrono::minutes(25)));
    }

    std::optional<ForeignMachine> theirs_;
};

}  // namespace boxtest
