#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/RunReport.hpp"
#include "schedule/DurationHistory.hpp"

namespace boxtest {

/// Estimates how long the rest of a run takes. Each scenario has a weight: its seconds when it last passed; if these are not
/// known, the median of the known ones of its kind (slow or not). A slow scenario weighs as much as 20 others if no slow one is
/// known. The rest takes as long for its weight as the run took so far, and at least as long as the longest scenario that has not
/// ended.
class RunEstimate {
   public:
    using Seconds = std::chrono::duration<double>;
    using Time = std::chrono::steady_clock::time_point;

    struct Planned {
        std::string name;
        bool slow = false;
        std::optional<Seconds> before = {};  ///< How long it took when it last passed.
    };

    RunEstimate(const std::vector<Planned>& planned, Time begun);
    /// Of all scenarios that have no verdict yet. `history` may be null. `scenarioOf` returns the scenario that is meant by a
    /// planned name; by default the name itself.
    static RunEstimate of(const RunReport& report, const DurationHistory* history, Time begun,
                          const std::function<std::string(const std::string& planned)>& scenarioOf = {});

    /// A scenario runs from now on. Unknown names are ignored, here and below.
    void started(const std::string& name, Time now);
    /// It does not run any more, and will run again.
    void stopped(const std::string& name);
    /// It has a verdict.
    void ended(const std::string& name, Time now);

    /// nullopt while too little is known, and when nothing is left.
    std::optional<Seconds> rest(Time now) const;
    /// ", about 12 min left", or an empty text.
    std::string describe(Time now) const;

   private:
    struct Scenario {
        double weight = 0;
        std::optional<Time> running = {};  ///< Since when.
        bool ended = false;
    };

    std::map<std::string, Scenario> scenarios_;
    Time begun_;
    bool inSeconds_ = false;  ///< Whether weights are seconds: at least one duration was known.
    double all_ = 0;          ///< weight
    double done_ = 0;         ///< weight of those that have ended
    std::size_t count_ = 0;   ///< of those that have ended
    double ranWeight_ = 0;    ///< weight of those of them that ran,
    double ranSeconds_ = 0;   ///< and how long they took
};

}  // namespace boxtest
