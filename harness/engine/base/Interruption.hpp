#pragma once

#include <signal.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Takes SIGINT, SIGTERM and SIGHUP while it lives, so that the program ends by unwinding its stack: destructors end QEMU and
/// remove what is temporary. To be made in the main thread before any other thread starts (they inherit its signal mask).
/// Signals that were ignored from the start (nohup, a shell's background job) stay so.
class Interruption {
   public:
    /// As long as it lives, its function is called at each signal.
    class Handling {
       public:
        explicit Handling(Interruption& interruption) : interruption_(&interruption) {}
        Handling(Handling&& other) noexcept : interruption_(std::exchange(other.interruption_, nullptr)) {}
        Handling& operator=(Handling&&) = delete;
        Handling(const Handling&) = delete;
        Handling& operator=(const Handling&) = delete;
        /// When it has returned, the function is not running, and will not be called any more.
        ~Handling() {
            if (interruption_) interruption_->setHandler({});
        }

       private:
        Interruption* interruption_;
    };

    Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption();

    /// `taken` is called in a thread of its own at each signal, and at once when one has come already. It must not throw. One at
    /// a time. Typically declares a FailureLatch.
    [[nodiscard]] Handling handle(std::function<void(int signal)> taken);

    /// The same for what nearly all do with it: every wait that the latch ends, ends with InterruptedError. The latch must
    /// outlive what is returned.
    [[nodiscard]] Handling handleBy(FailureLatch& latch);

    /// The first signal that came.
    std::optional<int> signal() const;

    /// "interrupted (SIGINT)"
    static std::string describe(int signal);

   private:
    void watch();
    void setHandler(std::function<void(int)> taken);

    std::mutex mutex_;
    std::function<void(int)> taken_;
    sigset_t before_{};
    FileDescriptor signals_;
    Event stop_;
    std::atomic<int> first_{0};
    std::thread thread_;
};

}  // namespace boxtest
