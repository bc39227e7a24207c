#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A file that the user named for results. A path that is special keeps its type: a symbolic link, a FIFO, a device, one of this
/// process's descriptors (/dev/stdout, /dev/fd/N; "-" is standard output). Only a regular file is replaced, and then atomically.
class ResultFile {
   public:
    /// To be created before the work begins: creates missing folders. Throws UsageError when the path is not writable, so that no
    /// result is lost later for that reason.
    explicit ResultFile(const std::filesystem::path& named);

    /// Whether the results go to standard output, which then holds nothing else.
    bool isStandardOutput() const { return number_ == 1; }

    /// Throws UsageError when two of them lead to the same place, so that one result would replace the other. Null pointers are
    /// skipped.
    static void refuseTwins(const std::vector<const ResultFile*>& files);

    /// The deadline limits the wait for the reader of a FIFO or a pipe. Throws SystemError, TimeoutError.
    void write(std::string_view text, Deadline deadline) const;

   private:
    void check() const;
    bool isTwinOf(const ResultFile& other) const;
    void writeSpecial(std::string_view text, Deadline deadline) const;
    void writeRegular(std::string_view text) const;
    [[noreturn]] void refuse(const std::string& why) const;

    std::filesystem::path named_;
    std::filesystem::path target_;  ///< absolute, not a symbolic link
    FileDescriptor descriptor_;     ///< duplicate of the named descriptor, if the path names one
    int number_ = -1;               ///< the number of that descriptor
};

}  // namespace boxtest
