#pragma once

#include <filesystem>
#include <optional>

namespace boxtest {

/// The folder of the guest to test: the one asked for (--guest, a folder or its guest.json), else $BOXTEST_GUEST, else the
/// newest complete folder below cacheFolder()/guests. Throws UsageError when there is none, with the command that builds one.
std::filesystem::path findGuest(const std::optional<std::filesystem::path>& asked);

}  // namespace boxtest
