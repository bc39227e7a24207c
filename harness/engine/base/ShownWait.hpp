#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/Log.hpp"

namespace boxtest {

/// Keeps a log informed of one long step for as long as the object lives: what is being done, and since when. For steps that wait
/// in calls which do not come back in between.
class ShownWait {
   public:
    /// The log must outlive the object.
    ShownWait(Log& log, std::string what);
    ShownWait(const ShownWait&) = delete;
    ShownWait& operator=(const ShownWait&) = delete;
    ~ShownWait();

    /// From here on this is being done. Any thread may say so.
    void now(std::string what);

   private:
    void show();

    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string what_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();  ///< of what_
    bool over_ = false;
    std::thread thread_;
};

}  // namespace boxtest
