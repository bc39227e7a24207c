#pragma once

#include <filesystem>
#include <string>

#include "store/Lease.hpp"

namespace boxtest {

/// A folder of this process's alone in which something for store::imported() is put together: "<prefix>.XXXXXX", 0700. It goes
/// away with the object, unless it was renamed. Its lease is held as long as the object lives, so that removeLeft() can tell it
/// from what killed processes left.
class StagingFolder {
   public:
    /// Throws SystemError.
    explicit StagingFolder(const std::string& prefix);
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder();

    const std::filesystem::path& path() const { return path_; }

    /// Removes what killed processes left; returns the bytes that are free again.
    static std::uintmax_t removeLeft();

   private:
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
