#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <string>

namespace boxtest {

/// A tmpfs of a small size, for operations that must fail on a full file system. Mounting needs root, as building a guest does.
class FullDisk {
   public:
    explicit FullDisk(const std::filesystem::path& folder, const std::string& size) : folder_(folder) {
        std::filesystem::create_directories(folder);
        mounted_ = ::mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, ("size=" + size + ",mode=700").c_str()) == 0;
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        if (mounted_ && ::umount2(folder_.c_str(), MNT_DETACH) != 0) ADD_FAILURE() << "cannot unmount " << folder_;
    }
    bool mounted() const { return mounted_; }

   private:
    std::filesystem::path folder_;
    bool mounted_ = false;
};

}  // namespace boxtest
