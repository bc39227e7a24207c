#include "schedule/Admission.hpp"

#include <algorithm>

namespace boxtest {

namespace {

constexpr std::size_t remembered = 8;

}  // namespace

void Admission::measured(std::uint64_t privateMemory) {
    if (privateMemory == 0) return;
    latest_.push_back(privateMemory);
    if (latest_.size() > remembered) latest_.pop_front();
}

std::uint64_t Admission::expected() const {
    return latest_.empty() ? expected_ : *std::max_element(latest_.begin(), latest_.end());
}

bool Admission::admits(std::uint64_t available, const std::vector<std::uint64_t>& alive) const {
    if (alive.empty()) return true;
    const auto need = expected();
    auto wanted = reserve_ + need;
    for (const auto used : alive) wanted += need - std::min(need, used);
    return available >= wanted;
}

std::size_t Admission::automaticJobs(unsigned cores) { return std::max(1U, cores); }

}  // namespace boxtest
