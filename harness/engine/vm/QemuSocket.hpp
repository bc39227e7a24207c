#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/LineBuffer.hpp"

namespace boxtest {

/// A Unix socket on which QEMU speaks lines. Every call throws TimeoutError when QEMU is silent until the deadline,
/// TransportError when it hangs up, GuestError when the latch is declared (a connection lost because QEMU died gives QEMU's last
/// words).
class QemuSocket {
   public:
    /// `protocol` names it in messages: "QMP". A line longer than `longestLine` bytes is an error. The latches may be null; they
    /// must outlive the object. `stopping`: QEMU's end is wanted, so that nobody waits for the latch to say why the socket was
    /// lost. Throws SystemError when the path is too long.
    static QemuSocket connect(std::string protocol, const std::filesystem::path& socket, std::size_t longestLine,
                              Deadline deadline, const FailureLatch* failure, const FailureLatch* stopping = nullptr);

    void send(const std::string& text, Deadline deadline);

    /// The next line, without its end.
    std::string receiveLine(Deadline deadline, const std::string& waitedFor);

    /// Text from the other side, fit for a message: its beginning, in quotes, with nothing that a terminal would obey.
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
