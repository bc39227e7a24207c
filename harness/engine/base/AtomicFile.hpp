#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace boxtest {

/// Replaces a file atomically: a reader sees the old text or the new text, never a part. The mode is exact, regardless of the
/// umask. Throws SystemError naming the file.
void writeFileAtomically(const std::filesystem::path& file, std::string_view text, mode_t mode);

/// Returns the whole content of a file. Throws SystemError naming the file.
std::string readWholeFile(const std::filesystem::path& file);

}  // namespace boxtest
