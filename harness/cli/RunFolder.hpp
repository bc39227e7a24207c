#pragma once

#include <filesystem>

namespace boxtest {

/// Where one run keeps what may be read after it (the scenarios program's own output): cacheFolder()/runs/<UTC time>-<pid>.
/// The latest ten runs are kept. A run that kept nothing leaves nothing.
class RunFolder {
   public:
    /// Throws SystemError.
    RunFolder();
    RunFolder(const RunFolder&) = delete;
    RunFolder& operator=(const RunFolder&) = delete;
    ~RunFolder();

    std::filesystem::path output() const { return path_ / "scenarios.log"; }

   private:
    std::filesystem::path path_;
};

}  // namespace boxtest
