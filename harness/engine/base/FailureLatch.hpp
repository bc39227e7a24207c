#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/Event.hpp"

namespace boxtest {

class Error;

/// One-shot, thread-safe failure signal of a machine: QEMU exited, the kernel panicked, a person pressed Ctrl-C. The first
/// reason wins. Every wait on that machine polls fd() beside its own descriptors, and throws when the signal is there, whatever
/// its deadline.
class FailureLatch {
   public:
    FailureLatch() = default;
    FailureLatch(const FailureLatch&) = delete;
    FailureLatch& operator=(const FailureLatch&) = delete;
    ~FailureLatch() = default;

    /// `details`: what follows the reason where all of it is told (a log's path, its last lines).
    void declare(std::string reason, std::string details = {}) noexcept;
    /// The same, for a person's wish: a wait then ends with InterruptedError.
    void interrupt(std::string reason) noexcept;
    /// The reason and its details.
    std::optional<std::string> reason() const;
    /// The reason without its details.
    std::optional<std::string> summary() const;

    /// Throws an error again that check() throws, as what it was; any other is none of its business.
    static void throwAgain(const Error& error);
    /// Throws GuestError with the reason once one was declared, InterruptedError after interrupt().
    void check() const;

    /// Readable from the first declaration on. Only to be polled, never read.
    int fd() const { return event_.fd(); }

   private:
    void set(std::string reason, std::string details, bool interrupted) noexcept;

    mutable std::mutex mutex_;
    std::optional<std::string> reason_;
    std::string details_;
    bool interrupted_ = false;
    Event event_;
};

}  // namespace boxtest
