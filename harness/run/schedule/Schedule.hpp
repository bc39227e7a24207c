#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace boxtest {

/// Decides in which order the scenarios of a run get their forks. Passive: its caller sets the stage of each scenario, and asks
/// for the next action, given the room that is available.
///
/// waiting -> preparing -> prepared [-> connecting -> connected] -> running -> releasing -> gone
class Schedule {
   public:
    enum class Stage {
        waiting,
        preparing,
        prepared,    ///< Its fork exists and is stopped.
        connecting,  ///< Its fork runs so that the first session can be opened.
        connected,   ///< The fork is stopped again.
        running,
        releasing,  ///< Its verdict is known; its fork is being ended.
        gone,
    };
    enum class Step { prepare, connect, run };
    struct Action {
        Step step;
        std::size_t scenario;
        friend bool operator==(const Action&, const Action&) = default;
    };
    struct Room {
        std::size_t jobs = 1;        ///< Maximum number of scenarios that run in parallel.
        std::size_t ahead = 1;       ///< Maximum number of forks that are ready or being created, in addition to `jobs`.
        bool memory = true;          ///< There is memory for one more fork.
        std::size_t connecting = 0;  ///< Maximum number of forks that run ahead of their scenarios in parallel.
    };

    explicit Schedule(std::size_t scenarios) : stages_(scenarios, Stage::waiting) {}

    /// The next action: first one that runs a scenario, then one that creates the next fork, then one that connects to a fork. In
    /// plan order, but a scenario with a ready fork does not wait for an earlier one without.
    std::optional<Action> next(const Room& room) const;

    void set(std::size_t scenario, Stage stage) { stages_.at(scenario) = stage; }
    Stage stage(std::size_t scenario) const { return stages_.at(scenario); }
    std::size_t count(Stage stage) const;
    /// Number of existing forks: from preparing to releasing.
    std::size_t alive() const;
    /// True if a job is idle because no fork is ready for it.
    bool wantsFork(std::size_t jobs) const;
    bool done() const { return count(Stage::gone) == stages_.size(); }

   private:
    std::optional<std::size_t> first(Stage stage) const;
    std::vector<Stage> stages_;
};

}  // namespace boxtest
