#include "db/Outcome.hpp"

#include <algorithm>

namespace boxtest {

bool Outcome::noticed(const std::string& state) const {
    return std::any_of(notices.begin(), notices.end(), [&](const Notice& notice) { return notice.sqlstate == state; });
}

std::string Outcome::describe() const {
    std::string text = sqlstate;
    if (!message.empty()) text += " " + message;
    for (const auto& notice : notices) text += "; notice " + notice.sqlstate + " " + notice.message;
    return text;
}

}  // namespace boxtest
