#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace boxtest {

/// A thread in which all signals are blocked, so that the main thread gets them; the destructor joins it.
class BackgroundThread {
   public:
    BackgroundThread() = default;

    template <typename Function>
    explicit BackgroundThread(Function function) {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            thread_ = std::thread(std::move(function));
        } catch (...) {
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw;
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    BackgroundThread(const BackgroundThread&) = delete;
    BackgroundThread& operator=(const BackgroundThread&) = delete;
    BackgroundThread(BackgroundThread&&) noexcept = default;
    BackgroundThread& operator=(BackgroundThread&& other) noexcept {
        join();
        thread_ = std::move(other.thread_);
        return *this;
    }
    ~BackgroundThread() { join(); }

    void join() noexcept {
        if (thread_.joinable()) thread_.join();
    }

   private:
    std::thread thread_;
};

}  // namespace boxtest
