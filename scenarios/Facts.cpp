#include "Facts.hpp"

#include <fmt/format.h>

namespace boxtest {

void Facts::expect(const testing::AssertionResult& result, const std::string& what) {
    const std::string message = result.message();
    expect(static_cast<bool>(result), message.empty() ? what : what + ": " + message);
}

void Facts::expect(bool holds, const std::string& what) {
    ++count_;
    if (!holds) wrong_.push_back(what);
}

testing::AssertionResult Facts::hold() const {
    if (count_ == 0) return testing::AssertionFailure() << "nothing was looked at, so that nothing is proved";
    if (wrong_.empty()) return testing::AssertionSuccess();
    auto text = fmt::format("{} of {} facts do not hold:", wrong_.size(), count_);
    for (const auto& one : wrong_) text += "\n  - " + one;
    return testing::AssertionFailure() << text;
}

}  // namespace boxtest
