#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Where the time of a run went: for each scenario, when its machine was forked, waited, was connected to, ran it, and ended.
/// What concerns the whole run (the template, a boot) has the empty name.
class TimeLine {
   public:
    using Clock = std::chrono::steady_clock;
    enum class Phase {
        findingTemplate,  ///< Found, or built when there was none.
        boot,             ///< Of one machine for all scenarios.
        fork,             ///< Its machine is being made.
        waiting,          ///< Its machine is there, stopped; the scenario waits for its turn.
        connecting,       ///< Its machine runs for its first session.
        running,          ///< The scenario itself, with the last of its machine's preparation.
        ending,           ///< The verdict is known; the machine goes, or what was kept of it is packed.
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

    /// Begins now.
    explicit TimeLine(Clock::time_point begin = Clock::now()) : begin_(begin) {}

    /// The scenario's present phase ends and another begins.
    void enter(const std::string& scenario, Phase phase, Clock::time_point now = Clock::now());
    /// Its last phase ends.
    void leave(const std::string& scenario, Clock::time_point now = Clock::now());
    /// Ends whatever has no end.
    void finish(Clock::time_point now = Clock::now());

    /// In the order of their beginning, without phases of no length.
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
