#include "base/Pidfd.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/Error.hpp"

namespace boxtest {

FileDescriptor openPidfd(pid_t pid) {
    FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (process || errno == ESRCH) return process;
    const int error = errno;
    auto attempted = "cannot watch process " + std::to_string(pid);
    if (error == ENOSYS || error == EPERM)
        attempted += ": the kernel, or the container that boxtest runs in, refuses pidfd_open(2)";
    throw SystemError(attempted, error);
}

}  // namespace boxtest
