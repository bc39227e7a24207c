#pragma once

#include <filesystem>
#include <string>

#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A program that somebody else starts and whose end we want to see: given in its place is a script that runs it, keeps what it
/// says on stderr, and holds a FIFO open as long as it runs.
class WatchedProgram {
   public:
    /// Puts the script and its files into a folder, which must outlive the object. Throws SystemError.
    WatchedProgram(const std::filesystem::path& program, const std::filesystem::path& folder);

    /// What to start in the program's place.
    const std::filesystem::path& script() const { return script_; }
    /// Hangs up (POLLHUP) once the program has been started and has ended. Only to be polled.
    int endFd() const { return fifo_.get(); }
    /// The last of what it said on stderr, at most 2,000 bytes.
    std::string lastWords() const;

   private:
    std::filesystem::path script_;
    std::filesystem::path said_;
    FileDescriptor fifo_;
};

}  // namespace boxtest
