#include "schedule/OrderedResults.hpp"

#include <utility>

namespace boxtest {

void OrderedResults::known(std::size_t scenario, std::string line) {
    lines_.at(scenario) = std::move(line);
    while (shown_ < lines_.size() && !lines_[shown_].empty()) show_(lines_[shown_++]);
}

void OrderedResults::finish() {
    for (; shown_ < lines_.size(); ++shown_)
        if (!lines_[shown_].empty()) show_(lines_[shown_]);
}

}  // namespace boxtest
