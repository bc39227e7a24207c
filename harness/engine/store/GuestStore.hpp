#pragma once

#include <filesystem>
#include <optional>

namespace boxtest {

/// The folder of the guest to test: the one asked for (--guest, a folder or its guest.json), else $BOXTEST_GUEST, else the
/// one that cacheFolder()/guests/current links to (ci/debian-guest/build keeps the link at the guest of the sources that it was
/// last run for, with default names), else the newest complete folder below cacheFolder()/guests. Throws UsageError when there is
/// none, with the command that builds one.
std::filesystem::path findGuest(const std::optional<std::filesystem::path>& asked);

}  // namespace boxtest
