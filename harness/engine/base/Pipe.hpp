#pragma once

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A pipe(2) that no child inherits unless it is told to.
struct Pipe {
    FileDescriptor readEnd;
    FileDescriptor writeEnd;

    /// Throws SystemError.
    static Pipe make();
};

}  // namespace boxtest
