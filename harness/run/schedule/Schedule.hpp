#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace boxtest {

/// In which order the scenarios of a run get their forks. It is passive: told how far each scenario is, and asked what to do
/// next with the room there is.
///
/// waiting -> preparing -> prepared [-> connecting -> connected] -> running -> releasing -> gone
class Schedule {
   public:
    enum class Stage {
        waiting,
        preparing,
        prepared,    ///< Its fork is there, stopped.
        connecting,  ///< Its fork runs for its first session.
        connected,   ///< Stopped again.
        running,
        releasing,  ///< Its verdict is known, its fork goes.
        gone,
    };
    enum class Step { prepare, connect, run };
    struct Action {
        Step step;
        std::size_t scenario;
        friend bool operator==(const Action&, const Action&) = default;
    };
    struct Room {
        std::size_t jobs = 1;        ///< Scenarios that may run at once.
        std::size_t ahead = 1;       ///< Forks that may be ready or in the making beyond those.
        bool memory = true;          ///< One more fork may be made.
        std::size_t connecting = 0;  ///< Forks that may run ahead of their scenarios at once.
    };

    explicit Schedule(std::size_t scenarios) : stages_(scenarios, Stage::waiting) {}

    /// What to do now: whatever runs a scenario first, then what makes the next fork, then what makes it readier. In order of
    /// the plan, but a scenario whose fork is ready does not wait for one before it whose fork is not.
    std::optional<Action> next(const Room& room) const;

    void set(std::size_t scenario, Stage stage) { stages_.at(scenario) = stage; }
    Stage stage(std::size_t scenario) const { return stages_.at(scenario); }
    std::size_t count(Stage stage) const;
    /// Forks that there are: from preparing to releasing.
    std::size_t alive() const;
    /// True when a job would be idle for want of a fork.
    bool wantsFork(std::size_t jobs) const;
    bool done() const { return count(Stage::gone) == stages_.size(); }

   private:
    std::optional<std::size_t> first(Stage stage) const;
    std::vector<Stage> stages_;
};

}  // namespace boxtest
