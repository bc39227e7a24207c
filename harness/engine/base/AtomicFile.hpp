#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace boxtest {

/// Replaces a file in one step: a reader sees the old text or the new, never half. The mode is exact, whatever the umask.
/// Throws SystemError naming the file.
void writeFileAtomically(const std::filesystem::path& file, std::string_view text, mode_t mode);

/// All of a file. Throws SystemError naming it.
std::string readWholeFile(const std::filesystem::path& file);

}  // namespace boxtest
