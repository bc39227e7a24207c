#pragma once

#include <filesystem>
#include <optional>

namespace boxtest {

/// The folder of the guest to test. The first of these that is set or exists: `asked` (--guest, a folder or its guest.json);
/// $BOXTEST_GUEST; the target of the link cacheFolder()/guests/current (ci/debian-guest/build points this link at the guest of
/// the sources of its last run with default names); the newest complete folder below cacheFolder()/guests. Throws UsageError when
/// there is none, with the command that builds one.
std::filesystem::path findGuest(const std::optional<std::filesystem::path>& asked);

}  // namespace boxtest
