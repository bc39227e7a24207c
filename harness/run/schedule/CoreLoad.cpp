#include "schedule/CoreLoad.hpp"

#include <sstream>
#include <string>

namespace boxtest {

std::optional<CoreLoad::Counters> CoreLoad::parse(std::string_view stat) {
    std::istringstream lines{std::string(stat)};
    Counters counters;
    std::string line;
    if (!std::getline(lines, line) || !line.starts_with("cpu ")) return std::nullopt;
    std::istringstream words(line.substr(4));
    // proc_stat(5): user nice system idle iowait irq softirq steal; user and nice already include guest and guest_nice.
    std::uint64_t value = 0;
    for (int column = 0; column < 8 && words >> value; ++column) {
        counters.all += value;
        if (column == 3 || column == 4) counters.idle += value;
    }
    while (std::getline(lines, line) && line.starts_with("cpu")) ++counters.cores;
    if (counters.cores == 0) return std::nullopt;
    return counters;
}

void CoreLoad::sample(std::string_view stat, TimePoint now) {
    if (last_ && now - lastAt_ < std::chrono::seconds(1)) return;
    const auto counters = parse(stat);
    if (!counters) return;
    if (last_ && counters->all > last_->all && counters->idle >= last_->idle)
        idle_ =
            static_cast<double>(counters->idle - last_->idle) * counters->cores / static_cast<double>(counters->all - last_->all);
    last_ = counters;
    lastAt_ = now;
}

}  // namespace boxtest
