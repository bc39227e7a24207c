#pragma once

#include <filesystem>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A file that the user named for results. What the user named stays what it is: a symbolic link, a FIFO, a device, one of our
/// own descriptors (/dev/stdout, /dev/fd/N). Only a regular file is replaced, and then as a whole.
class ResultFile {
   public:
    /// Before the work begins: makes the folders that are missing. Throws UsageError when nothing can be written there, so that
    /// no result is lost for it later.
    explicit ResultFile(const std::filesystem::path& named);

    /// The deadline is for the reader of a FIFO or a pipe. Throws SystemError, TimeoutError.
    void write(std::string_view text, Deadline deadline) const;

   private:
    void check() const;
    void writeSpecial(std::string_view text, Deadline deadline) const;
    void writeRegular(std::string_view text) const;
    [[noreturn]] void refuse(const std::string& why) const;

    std::filesystem::path named_;
    std::filesystem::path target_;  ///< absolute, not a symbolic link
    FileDescriptor descriptor_;     ///< a copy of the descriptor that was named, if one was
};

}  // namespace boxtest
