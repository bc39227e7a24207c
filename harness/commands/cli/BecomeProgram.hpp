#pragma once

#include <string>
#include <vector>

namespace boxtest {

/// Replaces this process with another program, found in PATH. Throws UsageError when the program is missing, SystemError.
[[noreturn]] void becomeProgram(const std::vector<std::string>& argv);

}  // namespace boxtest
