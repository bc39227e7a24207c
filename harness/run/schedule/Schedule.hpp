#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace boxtest {

/// Decides in which order the scenarios of a run get their forks. Passive: its caller sets the stage of each scenario, and asks
/// for the next action, given the room that is available.
///
/// waiting -> preparing -> prepared [-> connecting -> connected] -> running [-> reusable] -> releasing -> gone
///
/// A scenario that reuses forks runs on a fork that is `reusable` if there is one: it goes from waiting to running, and the
/// scenario before it to gone.
class Schedule {
   public:
    enum class Stage {
        waiting,
        preparing,
        prepared,    ///< Its fork exists and is stopped.
        connecting,  ///< Its fork runs so that the first session can be opened.
        connected,   ///< The fork is stopped again.
        running,
        reusable,   ///< Its verdict is known; its fork is for the next scenario that reuses forks.
        releasing,  ///< Its verdict is known; its fork is being ended.
        gone,
    };
    enum class Step { prepare, connect, run, end };
    struct Action {
        Step step;
        std::size_t scenario;  ///< For `end`: whose fork no other scenario will need.
        /// For `run`: the scenario whose fork is used, if it is not its own.
        std::optional<std::size_t> from = std::nullopt;
        friend bool operator==(const Action&, const Action&) = default;
    };
    struct Room {
        std::size_t jobs = 1;        ///< Maximum number of scenarios that run in parallel.
        std::size_t ahead = 1;       ///< Maximum number of forks that are ready or being created, in addition to `jobs`.
        bool memory = true;          ///< There is memory for one more fork.
        std::size_t connecting = 0;  ///< Maximum number of forks that run ahead of their scenarios in parallel.
    };

    /// `reuses`: of each scenario, whether it may use the fork of another such scenario after that has passed; empty: none may.
    explicit Schedule(std::size_t scenarios, std::vector<bool> reuses = {})
        : stages_(scenarios, Stage::waiting), reuses_(std::move(reuses)) {
        reuses_.resize(scenarios);
    }

    /// The next action: first one that runs a scenario, then one that ends a fork that is not needed any more, then one that
    /// creates the next fork, then one that connects to a fork. In plan order, but a scenario with a ready fork does not wait for
    /// an earlier one without. For scenarios that reuse forks, no more forks are created than scenarios may run in parallel.
    std::optional<Action> next(const Room& room) const;

    bool reuses(std::size_t scenario) const { return reuses_.at(scenario); }
    /// From now on, the scenario runs on a new fork only, and its fork is for nobody else.
    void needsNewFork(std::size_t scenario) { reuses_.at(scenario) = false; }

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
    /// The first scenario that can run now.
    std::optional<Action> toRun() const;
    std::optional<std::size_t> toPrepare(std::size_t jobs) const;
    bool waitsForReuse(std::size_t scenario) const { return reuses_[scenario] && stages_[scenario] == Stage::waiting; }

    std::vector<Stage> stages_;
    std::vector<bool> reuses_;
};

}  // namespace boxtest
