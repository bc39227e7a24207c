#include "base/ExitStatus.hpp"

#include <sys/wait.h>

#include <cstring>

namespace boxtest {

ExitStatus ExitStatus::fromWait(int status) {
    if (WIFSIGNALED(status)) return {.code = {}, .signal = WTERMSIG(status)};
    return {.code = WEXITSTATUS(status), .signal = {}};
}

std::string ExitStatus::describe() const {
    if (!signal) return "exited with status " + std::to_string(code.value_or(-1));
    const char* name = ::sigdescr_np(*signal);
    return "was killed by signal " + std::to_string(*signal) + " (" + (name ? name : "unknown") + ")";
}

}  // namespace boxtest
