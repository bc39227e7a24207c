#pragma once

#include <sys/types.h>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A descriptor of a process (pidfd_open(2), Linux 5.3): readable when it has ended, and never of another process that gets its
/// number later. Empty when there is no such process. Throws SystemError for anything else: a container's list of permitted
/// system calls may lack this one, and that says nothing about the process.
FileDescriptor openPidfd(pid_t pid);

}  // namespace boxtest
