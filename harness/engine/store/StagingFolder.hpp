#pragma once

#include <filesystem>
#include <string>

#include "store/Lease.hpp"

namespace boxtest {

/// A private folder of this process in which something for store::imported() is assembled: "<prefix>.XXXXXX", 0700. The
/// destructor removes it unless it was renamed. Its lease is held during the lifetime of the object, so that removeLeft() can
/// distinguish it from folders of killed processes.
class StagingFolder {
   public:
    /// Throws SystemError.
    explicit StagingFolder(const std::string& prefix);
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder();

    const std::filesystem::path& path() const { return path_; }

    /// Removes the folders of killed processes; returns the number of bytes that are free again.
    static std::uintmax_t removeLeft();

   private:
    std::filesystem::path path_;
    Lease lease_;
};

}  // namespace boxtest
