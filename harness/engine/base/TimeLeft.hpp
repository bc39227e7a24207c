#pragma once

#include <chrono>
#include <string>

namespace boxtest {

/// An estimate for people: "about 45 s left", "about 12 min left", "about 1 h 50 min left". Rounded up; empty unless positive.
std::string aboutLeft(std::chrono::duration<double> rest);

}  // namespace boxtest
