#include "ssh/CommandResult.hpp"

#include <fmt/format.h>

namespace boxtest {

namespace {

std::string shortened(const std::string& text) {
    constexpr std::size_t half = 2000;
    if (text.size() <= 2 * half) return text;
    return fmt::format("{}\n[... {} bytes left out ...]\n{}", text.substr(0, half), text.size() - 2 * half,
                       text.substr(text.size() - half));
}

}  // namespace

std::string CommandResult::describe() const {
    std::string ended = "ended without an exit status";
    if (exitStatus) ended = fmt::format("exit status {}", *exitStatus);
    if (signal) ended = fmt::format("killed by SIG{}", *signal);
    return fmt::format("{}; stdout: '{}'; stderr: '{}'", ended, shortened(out), shortened(err));
}

}  // namespace boxtest
