#pragma once

#include <span>
#include <string_view>

#include "Attempt.hpp"

namespace probe {

/// A system call that a service does not need, with a name of its own: "call NAME".
///
/// The arguments are chosen so that a call which is allowed does no harm, and returns another result (EINVAL, EFAULT, EBADF, or
/// success) than a call that a filter blocks (EPERM), wherever the kernel checks the arguments before the capabilities.
struct Call {
    std::string_view name;
    Attempt (*run)();
};

std::span<const Call> kernelCalls();    ///< Modules, mounts, namespaces, clocks, tracing.
std::span<const Call> identityCalls();  ///< User, groups, capabilities, priorities.
std::span<const Call> memoryCalls();    ///< Executable memory, and memory shared with other processes.

}  // namespace probe
