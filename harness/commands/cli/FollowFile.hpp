#pragma once

#include <filesystem>

namespace boxtest {

/// Prints a file on standard output, and what is appended to it, until `writer` is readable or at its end (then the rest, too),
/// or nobody reads the output any more. Throws SystemError when the file cannot be read.
void followFile(const std::filesystem::path& file, int writer);

}  // namespace boxtest
