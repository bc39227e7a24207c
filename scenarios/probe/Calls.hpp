#pragma once

#include <span>
#include <string_view>

#include "Attempt.hpp"

namespace probe {

/// A system call that a service has no business with, by a name of its own: "call NAME".
///
/// Their arguments are such that a call which is let through does no harm, and says so differently (EINVAL, EFAULT, EBADF, or
/// that it worked) from one that a filter stopped (EPERM), wherever the kernel looks at the arguments before the capabilities.
struct Call {
    std::string_view name;
    Attempt (*run)();
};

std::span<const Call> kernelCalls();    ///< Modules, mounts, namespaces, clocks, tracing.
std::span<const Call> identityCalls();  ///< User, groups, capabilities, priorities.
std::span<const Call> memoryCalls();    ///< Memory that is code, and memory shared with others.

}  // namespace probe
