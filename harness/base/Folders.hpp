#pragma once

#include <filesystem>

namespace boxtest {

/// Where things that may be made again are kept: ${XDG_CACHE_HOME:-~/.cache}/boxtest. Not created here: whoever writes into
/// it does so. A relative XDG_CACHE_HOME is ignored, as the XDG Base Directory Specification asks.
/// Throws UsageError when neither XDG_CACHE_HOME nor a home folder is known.
std::filesystem::path cacheFolder();

/// Where sockets and the description of the running machine lie: $XDG_RUNTIME_DIR/boxtest, else /tmp/boxtest-<uid>.
/// Created when it is missing, mode 0700, and short enough that Unix sockets fit below it (sun_path holds 107 bytes).
/// Throws UsageError when the path is there but is not a folder of this user's that is closed to everybody else.
std::filesystem::path runtimeFolder();

}  // namespace boxtest
