#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "base/Log.hpp"

namespace boxtest {

/// Two activities that wait at the same time, in one line: the waits of the one in the foreground are shown, with what the one in
/// the background waits for. Lines of both are passed on. Thread-safe.
class BackgroundWait {
   public:
    /// The log must outlive the object.
    explicit BackgroundWait(Log& log) : log_(log) {}

    Log& background() { return background_; }
    Log& foreground() { return foreground_; }

    /// The background waits for nothing any more.
    void over() { set(""); }

   private:
    class Background final : public Log {
       public:
        explicit Background(BackgroundWait& both) : both_(both) {}
        void line(std::string_view text) override { both_.log_.line(text); }
        void waiting(std::string_view what, std::chrono::steady_clock::duration) override { both_.set(what); }

       private:
        BackgroundWait& both_;
    };
    class Foreground final : public Log {
       public:
        explicit Foreground(BackgroundWait& both) : both_(both) {}
        void line(std::string_view text) override { both_.log_.line(text); }
        void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override {
            both_.log_.waiting(std::string(what) + both_.added(), sofar);
        }

       private:
        BackgroundWait& both_;
    };

    void set(std::string_view what) {
        const std::lock_guard lock(mutex_);
        what_ = what;
    }
    std::string added() {
        const std::lock_guard lock(mutex_);
        return what_.empty() ? "" : "; in the background: " + what_;
    }

    Log& log_;
    std::mutex mutex_;
    std::string what_;
    Background background_{*this};
    Foreground foreground_{*this};
};

}  // namespace boxtest
