#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Says, once, why a machine can no longer do what anybody waits for: QEMU exited, the kernel panicked, a person pressed
/// Ctrl-C. Every wait on that machine polls fd() beside its own descriptors, so that it ends at once. Thread-safe; the
/// first reason stays.
class FailureLatch {
   public:
    FailureLatch();
    FailureLatch(const FailureLatch&) = delete;
    FailureLatch& operator=(const FailureLatch&) = delete;
    ~FailureLatch() = default;

    void declare(std::string reason) noexcept;
    std::optional<std::string> reason() const;

    /// Throws GuestError with the reason once one was declared.
    void check() const;

    /// Readable from the first declaration on. Only to be polled, never read.
    int fd() const { return event_.get(); }

   private:
    mutable std::mutex mutex_;
    std::optional<std::string> reason_;
    FileDescriptor event_;
};

}  // namespace boxtest
