#pragma once

#include <filesystem>
#include <vector>

namespace boxtest {

/// Where things that may be made again are kept: ${XDG_CACHE_HOME:-~/.cache}/boxtest. Not created here: whoever writes into
/// it does so. A relative XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification asks.
/// Throws UsageError when neither XDG_CACHE_HOME nor a home folder is known.
std::filesystem::path cacheFolder();

/// Where sockets and the description of the running machine lie: $XDG_RUNTIME_DIR/boxtest, else /tmp/boxtest-<uid>.
/// Created when it is missing, mode 0700, and short enough that Unix sockets fit below it (sun_path holds 107 bytes).
/// Throws UsageError when the path is there but is not a folder of this user's that is closed to everybody else.
std::filesystem::path runtimeFolder();

/// What lies in a folder, as far as it can be read: entries come and go while other processes work in it, and may belong to
/// others. Sorted; nothing of a folder that is missing. Throws SystemError when it is the host that cannot read it (no descriptor
/// left, an I/O error): nobody may take a folder for empty then.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder);

/// Makes the folder and those above it, when they are missing, and closes it to others (0700). Throws SystemError, with what to
/// do about it when it belongs to another user.
void makePrivateFolder(const std::filesystem::path& folder);

}  // namespace boxtest
