#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace boxtest {

/// Decides whether this host has memory for one more fork. Passive: its caller passes in measurements and the memory that is free
/// now.
class Admission {
   public:
    /// `expected`: bytes of private memory per fork, used until one was measured. `reserve`: bytes that stay free for other
    /// programs.
    Admission(std::uint64_t expected, std::uint64_t reserve) : expected_(expected), reserve_(reserve) {}

    /// Records the private memory of a fork at the end of its scenario, in bytes; 0 (unknown) is ignored.
    void measured(std::uint64_t privateMemory);
    /// Expected memory of a fork: the maximum of the latest eight measurements.
    std::uint64_t expected() const;

    /// Whether one more fork fits, given the available memory and the current private memory of each existing fork: each of these
    /// is expected to grow to expected(). The first fork is always admitted, because without it there is no run.
    bool admits(std::uint64_t available, const std::vector<std::uint64_t>& alive) const;

    /// Default number of parallel forks: one per core, because one fork keeps one core busy (CpuThreads::oneForAll). At least
    /// one.
    static std::size_t automaticJobs(unsigned cores);

   private:
    std::uint64_t expected_;
    std::uint64_t reserve_;
    std::deque<std::uint64_t> latest_;
};

}  // namespace boxtest
