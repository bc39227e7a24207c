#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Durations in a run: for each scenario, when its machine was forked, waited, was connected to, ran the scenario, and ended.
/// Phases of the whole run (the template, a boot) have an empty name.
class TimeLine {
   public:
    using Clock = std::chrono::steady_clock;
    enum class Phase {
        findingTemplate,  ///< Also builds it if there is none.
        boot,             ///< Of one machine for all scenarios.
        fork,             ///< Its machine is being created.
        waiting,          ///< Its machine exists but is stopped; the scenario waits for its turn.
        connecting,       ///< Its machine runs so that the first session can be opened.
        running,          ///< The scenario itself, and the last part of its machine's preparation.
        ending,           ///< The verdict is known; the machine is ended, or its kept state is packed.
    };
    struct Span {
        Phase phase;
        double from = 0;  ///< Seconds since the beginning.
        double to = 0;
    };
    struct Row {
        std::string scenario;
        std::vector<Span> spans;
    };

    /// Begins at `begin`, by default now.
    explicit TimeLine(Clock::time_point begin = Clock::now()) : begin_(begin) {}

    /// Ends the scenario's current phase and begins another one.
    void enter(const std::string& scenario, Phase phase, Clock::time_point now = Clock::now());
    /// Ends the scenario's last phase.
    void leave(const std::string& scenario, Clock::time_point now = Clock::now());
    /// Ends all open phases.
    void finish(Clock::time_point now = Clock::now());

    /// In order of their beginning, without phases of zero length.
    const std::vector<Row>& rows() const { return rows_; }

   private:
    double since(Clock::time_point now) const;
    Row& row(const std::string& scenario);

    Clock::time_point begin_;
    std::vector<Row> rows_;
    std::map<std::string, std::pair<Phase, double>> open_;
};

/// "template", "boot", "fork", "waiting", "connecting", "running", "ending".
std::string_view toString(TimeLine::Phase phase);

}  // namespace boxtest
