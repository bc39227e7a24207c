#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// What a line of the console tells about a guest that can no longer become ready, or nothing: "kernel panic", "kernel oops",
/// "emergency mode", "failed mount", ... The line is plain text, whole or as far as it has come.
std::optional<std::string> consoleTrouble(std::string_view line);

/// Whether the line is one that the Linux kernel writes when it starts.
bool isKernelStart(std::string_view line);

}  // namespace boxtest
