#pragma once

#include <filesystem>
#include <string_view>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A private folder (0700). The destructor removes it with its content. Its path is short enough for Unix sockets inside it
/// (sun_path holds 107 bytes).
class TemporaryFolder {
   public:
    /// Below $TMPDIR, or below /tmp when TMPDIR is unset, too long, not writable or has special characters:
    /// "<parent>/boxtest-<purpose>.XXXXXX.tmp". Folders there that killed processes of this user left behind are removed first.
    explicit TemporaryFolder(std::string_view purpose);
    /// In the existing folder `parent`: for files that must be on its file system, not for Unix sockets.
    TemporaryFolder(std::string_view purpose, const std::filesystem::path& parent);
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    TemporaryFolder(TemporaryFolder&& other) noexcept;
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return path_; }

   private:
    void remove() noexcept;
    std::filesystem::path path_;
    FileDescriptor lock_;  ///< on the folder itself: marks it as in use
};

}  // namespace boxtest
