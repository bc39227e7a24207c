#pragma once

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Something that has happened, for waits that poll descriptors: an eventfd(2). Thread-safe.
class Event {
   public:
    /// Throws SystemError.
    Event();

    void set() noexcept;
    /// As if it had not happened yet.
    void clear() noexcept;
    bool isSet() const noexcept;

    /// Readable while it is set. Only to be polled, never read.
    int fd() const { return descriptor_.get(); }

   private:
    FileDescriptor descriptor_;
};

}  // namespace boxtest
