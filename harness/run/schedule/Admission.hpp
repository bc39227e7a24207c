#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace boxtest {

/// Decides whether this host has room for one more fork. It is passive: told what forks were measured to need, and asked with
/// what is free now.
class Admission {
   public:
    /// `expected`: bytes that a fork needs for itself, until one was measured. `reserve`: bytes that stay free for others.
    Admission(std::uint64_t expected, std::uint64_t reserve) : expected_(expected), reserve_(reserve) {}

    /// Private memory of a fork at the end of its scenario, bytes; 0 (unknown) is ignored.
    void measured(std::uint64_t privateMemory);
    /// What a fork is taken to need: the most that any of the latest eight did.
    std::uint64_t expected() const;

    /// Whether one more fits, given the memory that is available now and what each fork that is alive has of its own already:
    /// those will grow to what is expected. The first always does: without one there is no run.
    bool admits(std::uint64_t available, const std::vector<std::uint64_t>& alive) const;

    /// How many forks run at once without being told: one a core, which is what one keeps busy (CpuThreads::oneForAll). At least
    /// one.
    static std::size_t automaticJobs(unsigned cores);

   private:
    std::uint64_t expected_;
    std::uint64_t reserve_;
    std::deque<std::uint64_t> latest_;
};

}  // namespace boxtest
