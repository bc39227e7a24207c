#include "base/LineBuffer.hpp"

namespace boxtest {

void LineBuffer::add(std::string_view bytes) {
    // Removes all returned lines at once, when new bytes arrive: removing them one by one would not be linear.
    bytes_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    bytes_.append(bytes);
}

std::optional<std::string> LineBuffer::next() {
    const auto end = bytes_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = bytes_.size();
        return {};
    }
    auto line = bytes_.substr(begin_, end - begin_);
    begin_ = searched_ = end + 1;
    return line;
}

}  // namespace boxtest
