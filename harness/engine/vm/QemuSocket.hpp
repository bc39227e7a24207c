#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/LineBuffer.hpp"

namespace boxtest {

/// A connection to QEMU on a Unix socket, for a protocol of lines. Every call throws TimeoutError when QEMU does not answer by
/// the deadline, TransportError when it closes the connection, GuestError when the latch is declared (with QEMU's last words,
/// when the connection was lost because QEMU died).
class QemuSocket {
   public:
    /// `protocol` names it in messages: "QMP". A line longer than `longestLine` bytes is an error. The latches may be null; they
    /// must outlive the object. `stopping`: declared when the end of QEMU is expected, so that a lost socket does not wait for
    /// the reason on the other latch. Throws SystemError when the path is too long.
    static QemuSocket connect(std::string protocol, const std::filesystem::path& socket, std::size_t longestLine,
                              Deadline deadline, const FailureLatch* failure, const FailureLatch* stopping = nullptr);

    void send(const std::string& text, Deadline deadline);

    /// The next line, without its newline.
    std::string receiveLine(Deadline deadline, const std::string& waitedFor);

    /// Text from the other side for use in a message: its beginning, in quotes, with control characters escaped.
    static std::string shown(const std::string& text);

   private:
    QemuSocket(std::string protocol, FileDescriptor socket, std::size_t longestLine, const FailureLatch* failure,
               const FailureLatch* stopping)
        : protocol_(std::move(protocol)),
          socket_(std::move(socket)),
          failure_(failure),
          stopping_(stopping),
          lines_(longestLine) {}
    [[noreturn]] void lost(const std::string& how, Deadline deadline) const;

    std::string protocol_;
    FileDescriptor socket_;
    const FailureLatch* failure_;
    const FailureLatch* stopping_;
    LineBuffer lines_;
};

}  // namespace boxtest
