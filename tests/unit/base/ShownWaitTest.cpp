#include "base/ShownWait.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "Deadlines.hpp"
#include "base/Poll.hpp"

namespace boxtest {
namespace {

class WaitLog final : public Log {
   public:
    void line(std::string_view) override {}
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override {
        const std::lock_guard lock(mutex_);
        whats_.emplace_back(what);
        first_.try_emplace(std::string(what), sofar);
        last_ = sofar;
    }
    std::vector<std::string> whats() const {
        const std::lock_guard lock(mutex_);
        return whats_;
    }
    void waitFor(const std::string& what) const {
        const auto deadline = soon();
        for (auto shown = whats(); std::find(shown.begin(), shown.end(), what) == shown.end(); shown = whats())
            pauseBetweenTries(std::chrono::milliseconds(5), deadline);
    }
    std::chrono::steady_clock::duration firstOf(const std::string& what) const {
        const std::lock_guard lock(mutex_);
        return first_.at(what);
    }
    std::chrono::steady_clock::duration last() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }

   private:
    mutable std::mutex mutex_;
    std::vector<std::string> whats_;
    std::map<std::string, std::chrono::steady_clock::duration> first_;
    std::chrono::steady_clock::duration last_{};
};

TEST(ShownWait, ShowsEachStepUntilItIsOver) {
    WaitLog log;
    {
        ShownWait shown(log, "the pages");
        log.waitFor("the pages");
        shown.now("the files");
        log.waitFor("the files");
    }
    // No further output, although more than a second passes.
    const auto shown = log.whats();
    pauseBetweenTries(std::chrono::milliseconds(1200), soon());
    EXPECT_EQ(log.whats(), shown);
}

TEST(ShownWait, GoesOnShowingAStepThatTakesLong) {
    WaitLog log;
    ShownWait shown(log, "one");
    const auto deadline = soon();
    while (log.whats().size() < 3) {
        ASSERT_FALSE(deadline.expired());
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    EXPECT_GE(log.last(), std::chrono::seconds(1));
}

TEST(ShownWait, CountsEachStepsTimeFromItsOwnBeginning) {
    WaitLog log;
    ShownWait shown(log, "one");
    const auto deadline = soon();
    while (log.last() < std::chrono::seconds(1)) {
        ASSERT_FALSE(deadline.expired());
        pauseBetweenTries(std::chrono::milliseconds(20), deadline);
    }
    const auto changed = std::chrono::steady_clock::now();
    shown.now("two");
    log.waitFor("two");
    EXPECT_LE(log.firstOf("two"), std::chrono::steady_clock::now() - changed);
}

}  // namespace
}  // namespace boxtest
