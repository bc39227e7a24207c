#include "db/VerboseMessage.hpp"

#include <algorithm>

namespace boxtest {

namespace {

constexpr std::size_t stateLength = 5;

bool isStateCharacter(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

std::string trimmed(std::string_view text) {
    // Remove the last field, which has its own line: "LOCATION:  auth_failed, auth.c:329".
    if (const auto location = text.find("\nLOCATION:  "); location != std::string_view::npos) text = text.substr(0, location);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
    return std::string(text);
}

}  // namespace

VerboseMessage VerboseMessage::parse(std::string_view text) {
    // libpq's fe-protocol3.c, pqBuildErrorMessage3: severity, ":  ", SQLSTATE, ": ", primary message.
    for (auto at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
        const auto state = text.substr(std::min(at + 3, text.size()), stateLength);
        const auto rest = text.substr(std::min(at + 3 + stateLength, text.size()));
        if (state.size() == stateLength && rest.starts_with(": ") && std::all_of(state.begin(), state.end(), isStateCharacter))
            return {std::string(state), trimmed(rest.substr(2))};
    }
    return {"", trimmed(text)};
}

}  // namespace boxtest
