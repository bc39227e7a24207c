#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// What a guest does, and so what its console may mean by a line: while it boots, "Failed to mount" ends the boot; later, the
/// same words are some program's.
enum class GuestPhase { booting, running };

/// What a line of the console tells about a guest that can no longer become ready, or is lost, or nothing: "kernel panic",
/// "kernel oops", "emergency mode", "failed mount", ... Only the kernel's and systemd's own lines count, by their form: any
/// program may write to the console, and quote them. The line is plain text, whole or as far as it has come.
std::optional<std::string> consoleTrouble(std::string_view line, GuestPhase phase);

/// Whether the line is one that the Linux kernel writes when it starts.
bool isKernelStart(std::string_view line);

/// Whether the line tells that the boot is over: systemd's last target, or the console's login prompt.
bool isBootsEnd(std::string_view line);

}  // namespace boxtest
