#pragma once

#include <string>
#include <vector>

namespace boxtest {

/// Becomes another program, found in PATH. Throws UsageError when it is not there, SystemError.
[[noreturn]] void becomeProgram(const std::vector<std::string>& argv);

}  // namespace boxtest
