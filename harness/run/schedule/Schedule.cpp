#include "schedule/Schedule.hpp"

#include <algorithm>

namespace boxtest {

std::size_t Schedule::count(Stage stage) const {
    return static_cast<std::size_t>(std::count(stages_.begin(), stages_.end(), stage));
}

std::size_t Schedule::alive() const { return stages_.size() - count(Stage::waiting) - count(Stage::gone); }

bool Schedule::wantsFork(std::size_t jobs) const { return count(Stage::waiting) > 0 && alive() - count(Stage::releasing) < jobs; }

std::optional<std::size_t> Schedule::first(Stage stage) const {
    const auto found = std::find(stages_.begin(), stages_.end(), stage);
    if (found == stages_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - stages_.begin());
}

std::optional<Schedule::Action> Schedule::next(const Room& room) const {
    if (count(Stage::running) < room.jobs) {
        const auto ready = std::find_if(stages_.begin(), stages_.end(),
                                        [](Stage stage) { return stage == Stage::prepared || stage == Stage::connected; });
        if (ready != stages_.end()) return Action{Step::run, static_cast<std::size_t>(ready - stages_.begin())};
    }
    // A fork that is being ended needs no CPU any more, and the admission checks its memory.
    const auto waiting = first(Stage::waiting);
    if (waiting && room.memory && alive() - count(Stage::releasing) < room.jobs + room.ahead)
        return Action{Step::prepare, *waiting};
    if (count(Stage::connecting) < room.connecting) {
        if (const auto prepared = first(Stage::prepared)) return Action{Step::connect, *prepared};
    }
    return std::nullopt;
}

}  // namespace boxtest
