#pragma once

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A flag for waits that poll descriptors: an eventfd(2). Thread-safe.
class Event {
   public:
    /// Throws SystemError.
    Event();

    void set() noexcept;
    /// Resets the flag.
    void clear() noexcept;
    bool isSet() const noexcept;

    /// Readable while the flag is set. Only for polling; never read from it.
    int fd() const { return descriptor_.get(); }

   private:
    FileDescriptor descriptor_;
};

}  // namespace boxtest
