#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace boxtest {

/// The folder for data that can be rebuilt: ${XDG_CACHE_HOME:-~/.cache}/boxtest. Not created here: code that writes into it
/// creates it. A relative XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification requires. Throws UsageError when
/// neither XDG_CACHE_HOME nor a home folder is known; SystemError when its path contains a link to something that does not exist:
/// a cache on a disk that is not mounted is not an empty cache.
std::filesystem::path cacheFolder();

/// The folder of sockets and of the description of the running machine: $XDG_RUNTIME_DIR/boxtest, else /tmp/boxtest-<uid>, also
/// when XDG_RUNTIME_DIR belongs to another user. It may be missing: then no machine is up. Its path is short enough for Unix
/// sockets below it (sun_path holds 107 bytes). Throws UsageError when the path exists but is not a folder that belongs to this
/// user and is closed to all other users.
std::filesystem::path runtimeFolder();

/// Creates it when it is missing, with mode 0700. For code that writes there.
std::filesystem::path makeRuntimeFolder();

/// A remark for messages that name the runtime folder; empty when XDG_RUNTIME_DIR does not belong to another user.
std::string whyNotXdgRuntimeDir();

/// Whether the path belongs to another user or, when it is missing, the closest of its parents that exists.
bool belongsToAnotherUser(const std::filesystem::path& path);

/// The readable entries of a folder: other processes may add and remove entries meanwhile, and entries may belong to other users.
/// Sorted; empty for a missing folder. Throws SystemError when the host cannot read the folder (no descriptor left, an I/O
/// error), so that no caller treats the folder as empty.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder);

/// Creates the folder and its missing parents, and closes it to other users (0700). Throws SystemError; for a folder of another
/// user its message contains advice.
void makePrivateFolder(const std::filesystem::path& folder);

}  // namespace boxtest
