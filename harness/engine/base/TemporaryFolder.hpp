#pragma once

#include <filesystem>
#include <string_view>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A private folder (0700) that goes away, with all that is in it, with the object. Its path is short enough for Unix
/// sockets inside it (sun_path holds 107 bytes).
class TemporaryFolder {
   public:
    /// Below $TMPDIR, or /tmp when that is unset, too long, or odd: "<parent>/boxtest-<purpose>.XXXXXX.tmp". Those there
    /// that a killed process of this user has left are removed first.
    explicit TemporaryFolder(std::string_view purpose);
    /// In a folder that exists: what needs its file system, and no Unix socket.
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
    FileDescriptor lock_;  ///< of the folder itself: it is in use
};

}  // namespace boxtest
