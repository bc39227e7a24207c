#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/Event.hpp"

namespace boxtest {

class Error;

/// One-shot, thread-safe failure signal of a machine: QEMU exited, the kernel panicked, the user pressed Ctrl-C. The first reason
/// wins. Every wait on that machine polls fd() beside its own descriptors, and throws once the latch is declared, regardless of
/// its deadline.
class FailureLatch {
   public:
    FailureLatch() = default;
    FailureLatch(const FailureLatch&) = delete;
    FailureLatch& operator=(const FailureLatch&) = delete;
    ~FailureLatch() = default;

    /// `details`: text that reason() appends to the reason and summary() leaves out (path of a log, its last lines).
    void declare(std::string reason, std::string details = {}) noexcept;
    /// Like declare(), for an interruption by the user: a wait then ends with InterruptedError.
    void interrupt(std::string reason) noexcept;
    /// The reason and its details.
    std::optional<std::string> reason() const;
    /// The reason without its details.
    std::optional<std::string> summary() const;

    /// Rethrows an error of a kind that check() throws, with its type (GuestError, InterruptedError). Returns for any other
    /// error.
    static void throwAgain(const Error& error);
    /// Throws GuestError with the reason once one was declared, InterruptedError after interrupt().
    void check() const;

    /// Readable after the first declaration. Only for polling; never read from it.
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
