#pragma once

#include <filesystem>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A file that the user named for results. A path that is special keeps its type: a symbolic link, a FIFO, a device, one of this
/// process's descriptors (/dev/stdout, /dev/fd/N). Only a regular file is replaced, and then atomically.
class ResultFile {
   public:
    /// To be created before the work begins: creates missing folders. Throws UsageError when the path is not writable, so that no
    /// result is lost later for that reason.
    explicit ResultFile(const std::filesystem::path& named);

    /// The deadline limits the wait for the reader of a FIFO or a pipe. Throws SystemError, TimeoutError.
    void write(std::string_view text, Deadline deadline) const;

   private:
    void check() const;
    void writeSpecial(std::string_view text, Deadline deadline) const;
    void writeRegular(std::string_view text) const;
    [[noreturn]] void refuse(const std::string& why) const;

    std::filesystem::path named_;
    std::filesystem::path target_;  ///< absolute, not a symbolic link
    FileDescriptor descriptor_;     ///< duplicate of the named descriptor, if the path names one
};

}  // namespace boxtest
