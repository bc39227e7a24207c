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

/// Handles SIGINT, SIGTERM and SIGHUP during its lifetime, so that the program ends by unwinding its stack: destructors end QEMU
/// and remove temporary files. Create it in the main thread before any other thread starts (threads inherit the signal mask).
/// Signals that were ignored at the start of the program (nohup, a shell's background job) stay ignored.
class Interruption {
   public:
    /// A registered function: it is called at each signal during the lifetime of this object.
    class Handling {
       public:
        explicit Handling(Interruption& interruption) : interruption_(&interruption) {}
        Handling(Handling&& other) noexcept : interruption_(std::exchange(other.interruption_, nullptr)) {}
        Handling& operator=(Handling&&) = delete;
        Handling(const Handling&) = delete;
        Handling& operator=(const Handling&) = delete;
        /// After the return the function is not running, and is not called any more.
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

    /// Registers `taken`: it is called in a separate thread at each signal, and immediately when a signal has arrived already. It
    /// must not throw. Only one function is registered at a time. It typically declares a FailureLatch.
    [[nodiscard]] Handling handle(std::function<void(int signal)> taken);

    /// handle() for the usual case: a signal calls interrupt() on the latch, so that every wait on the latch ends with
    /// InterruptedError. The latch must outlive the returned object.
    [[nodiscard]] Handling handleBy(FailureLatch& latch);

    /// The first signal that arrived.
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
