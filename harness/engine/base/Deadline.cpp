#include "base/Deadline.hpp"

#include <limits>

namespace boxtest {

int Deadline::pollTimeout() const {
    if (at_ == Clock::time_point::max()) return -1;
    auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(remaining()).count();
    return static_cast<int>(std::min<decltype(milliseconds)>(milliseconds, std::numeric_limits<int>::max()));
}

}  // namespace boxtest
