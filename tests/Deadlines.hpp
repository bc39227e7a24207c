#pragma once

#include <chrono>

#include "base/Deadline.hpp"

namespace boxtest {

/// Generous: for what a test expects to happen. A test never depends on how long it really takes.
inline Deadline soon() { return Deadline::in(std::chrono::minutes(2)); }

/// For what a test expects not to happen within the deadline.
inline Deadline shortly() { return Deadline::in(std::chrono::milliseconds(1500)); }

}  // namespace boxtest
