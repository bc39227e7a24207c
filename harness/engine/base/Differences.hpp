#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace boxtest {

/// What is in the first of two sorted lists and not in the second; of what stands there several times, as often as it is more.
inline std::vector<std::string> onlyInFirst(const std::vector<std::string>& first, const std::vector<std::string>& second) {
    std::vector<std::string> only;
    std::ranges::set_difference(first, second, std::back_inserter(only));
    return only;
}

}  // namespace boxtest
