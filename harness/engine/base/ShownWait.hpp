#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/Log.hpp"

namespace boxtest {

/// Reports one long step to a log during the lifetime of the object: what is being done, and for how long. For steps that block
/// in calls which do not return in between.
class ShownWait {
   public:
    /// The log must outlive the object.
    ShownWait(Log& log, std::string what);
    ShownWait(const ShownWait&) = delete;
    ShownWait& operator=(const ShownWait&) = delete;
    ~ShownWait();

    /// Replaces the reported activity and restarts its time. Thread-safe.
    void now(std::string what);

   private:
    void show();

    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string what_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();  ///< start of what_
    bool over_ = false;
    std::thread thread_;
};

}  // namespace boxtest
