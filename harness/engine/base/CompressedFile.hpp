#pragma once

#include <filesystem>
#include <functional>
#include <span>

namespace boxtest {

/// Writes a file as one that is compressed by zstd, as the program `zstd` does; what was in it is overwritten, and what is there
/// after an exception is not whole. `each` is called between pieces of a MiB, and may end it by an exception. Throws SystemError.
void compressFile(const std::filesystem::path& from, const std::filesystem::path& to, const std::function<void()>& each);

/// Gives the content of a file that is compressed by zstd, piece by piece, until `take` returns false. Throws UsageError for a
/// file that is no such one or is cut, SystemError.
void decompressFile(const std::filesystem::path& file, const std::function<bool(std::span<const char>)>& take);

}  // namespace boxtest
