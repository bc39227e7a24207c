#pragma once

#include <filesystem>
#include <string>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// Detects the end of a program that another process starts. The other process gets a script instead: it runs the program, stores
/// its stderr, and holds a FIFO open as long as the program runs.
class WatchedProgram {
   public:
    /// Writes the script and its files into a folder, which must outlive the object. Throws SystemError.
    WatchedProgram(const std::filesystem::path& program, const std::filesystem::path& folder);

    /// The path to start instead of the program.
    const std::filesystem::path& script() const { return script_; }
    /// Reports POLLHUP once the program has been started and has ended. For poll() only.
    int endFd() const { return fifo_.get(); }
    /// The end of its stderr, at most 2,000 bytes.
    std::string lastWords() const;

   private:
    std::filesystem::path script_;
    std::filesystem::path said_;
    FileDescriptor fifo_;
};

}  // namespace boxtest
