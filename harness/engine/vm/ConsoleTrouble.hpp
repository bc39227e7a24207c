#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace boxtest {

/// The phase of a guest decides the meaning of a console line: while it boots, "Failed to mount" ends the boot; later the same
/// words are the output of some program.
enum class GuestPhase { booting, running };

/// The trouble that a console line reports when the guest can no longer become ready, or is lost: "kernel panic", "kernel oops",
/// "emergency mode", "failed mount", ...; nullopt for any other line. Only lines in the form of the kernel's and systemd's own
/// messages count: any program may write to the console, and quote them. The line is plain text, complete or unfinished.
std::optional<std::string> consoleTrouble(std::string_view line, GuestPhase phase);

/// True for a line that the Linux kernel writes when it starts.
bool isKernelStart(std::string_view line);

/// True for a line that shows the end of the boot: systemd's last target, or the console's login prompt.
bool isBootsEnd(std::string_view line);

}  // namespace boxtest
