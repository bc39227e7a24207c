#pragma once

#include <filesystem>
#include <functional>
#include <span>

namespace boxtest {

/// Compresses a file with zstd, in the format of the program `zstd`. The content of `to` is overwritten; after an exception it is
/// incomplete. `each` is called between pieces of 1 MiB, and may stop the work by throwing. Throws SystemError.
void compressFile(const std::filesystem::path& from, const std::filesystem::path& to, const std::function<void()>& each);

/// Passes the content of a zstd-compressed file to `take`, piece by piece, until `take` returns false. Throws UsageError for a
/// file that is not compressed by zstd or is truncated, SystemError.
void decompressFile(const std::filesystem::path& file, const std::function<bool(std::span<const char>)>& take);

}  // namespace boxtest
