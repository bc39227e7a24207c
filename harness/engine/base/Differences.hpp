#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace boxtest {

/// The elements of the first sorted list that are not in the second. Duplicates count: an element that occurs m times in the
/// first list and n times in the second is returned max(m - n, 0) times.
inline std::vector<std::string> onlyInFirst(const std::vector<std::string>& first, const std::vector<std::string>& second) {
    std::vector<std::string> only;
    std::ranges::set_difference(first, second, std::back_inserter(only));
    return only;
}

}  // namespace boxtest
