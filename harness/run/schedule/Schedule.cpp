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

std::optional<Schedule::Action> Schedule::toRun() const {
    const auto free = first(Stage::reusable);
    for (std::size_t i = 0; i < stages_.size(); ++i) {
        if (stages_[i] == Stage::prepared || stages_[i] == Stage::connected) return Action{Step::run, i};
        if (free && waitsForReuse(i)) return Action{Step::run, i, free};
    }
    return std::nullopt;
}

std::optional<std::size_t> Schedule::toPrepare(std::size_t jobs) const {
    std::size_t forReuse = 0;
    for (std::size_t i = 0; i < stages_.size(); ++i)
        if (reuses_[i] && stages_[i] != Stage::waiting && stages_[i] != Stage::releasing && stages_[i] != Stage::gone) ++forReuse;
    for (std::size_t i = 0; i < stages_.size(); ++i)
        if (stages_[i] == Stage::waiting && (!reuses_[i] || forReuse < jobs)) return i;
    return std::nullopt;
}

std::optional<Schedule::Action> Schedule::next(const Room& room) const {
    if (count(Stage::running) < room.jobs)
        if (const auto action = toRun()) return action;
    if (const auto free = first(Stage::reusable)) {
        bool wanted = false;
        for (std::size_t i = 0; i < stages_.size(); ++i) wanted = wanted || waitsForReuse(i);
        if (!wanted) return Action{Step::end, *free};
    }
    // A fork that is being ended needs no CPU any more, and the admission checks its memory.
    const auto waiting = toPrepare(room.jobs);
    if (waiting && room.memory && alive() - count(Stage::releasing) < room.jobs + room.ahead)
        return Action{Step::prepare, *waiting};
    if (count(Stage::connecting) < room.connecting) {
        if (const auto prepared = first(Stage::prepared)) return Action{Step::connect, *prepared};
    }
    return std::nullopt;
}

}  // namespace boxtest
