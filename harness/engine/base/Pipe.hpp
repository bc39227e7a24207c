#pragma once

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A pipe(2) that a child does not inherit unless it is told to (O_CLOEXEC).
struct Pipe {
    FileDescriptor readEnd;
    FileDescriptor writeEnd;

    /// Throws SystemError.
    static Pipe make();
};

}  // namespace boxtest
