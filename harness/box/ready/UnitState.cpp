#include "ready/UnitState.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace boxtest {

namespace {

/// From this number of restarts on, a unit counts as failing, not as slow to start.
constexpr int hopelessRestarts = 3;

void take(UnitState& state, std::string_view name, std::string_view value) {
    if (name == "Id") state.id = value;
    if (name == "LoadState") state.load = value;
    if (name == "ActiveState") state.active = value;
    if (name == "SubState") state.sub = value;
    if (name == "Result") state.result = value;
    if (name == "TriggeredBy") state.triggeredBy = value;
    if (name == "NRestarts") std::from_chars(value.data(), value.data() + value.size(), state.restarts);
}

}  // namespace

bool UnitState::isHopeless() const {
    return active == "failed" || load == "not-found" || load == "masked" || load == "bad-setting" || load == "error" ||
           restarts >= hopelessRestarts;
}

std::string UnitState::describe() const {
    if (load != "loaded") return fmt::format("{} is not loaded ({})", id, load);
    auto text = fmt::format("{} is {} ({})", id, active, sub);
    if (!result.empty() && result != "success") text += fmt::format(", result '{}'", result);
    if (restarts > 0) text += fmt::format(", restarted {} times", restarts);
    return text;
}

std::vector<std::string> UnitState::command(const std::vector<std::string>& units) {
    std::vector<std::string> words{"systemctl", "show",
                                   "--property=Id,LoadState,ActiveState,SubState,Result,TriggeredBy,NRestarts", "--"};
    words.insert(words.end(), units.begin(), units.end());
    return words;
}

std::vector<UnitState> UnitState::parse(std::string_view text) {
    std::vector<UnitState> states;
    UnitState state;
    const auto finish = [&] {
        if (!state.id.empty()) states.push_back(state);
        state = {};
    };
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto equals = line.find('=');
        if (line.empty()) finish();
        if (equals != std::string_view::npos) take(state, line.substr(0, equals), line.substr(equals + 1));
    }
    finish();
    return states;
}

}  // namespace boxtest
