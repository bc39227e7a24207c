#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "base/Deadline.hpp"
#include "base/Error.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"

namespace boxtest {

/// The keeper's side of the socket through which it reports the progress of the boot to the `boxtest up` that started it. A log:
/// lines that the reader does not receive in time are lost, because the boot must not wait for a stopped terminal.
class ProgressSender final : public Log {
   public:
    /// `socket` is one end of a pair of sequenced-packet sockets.
    explicit ProgressSender(FileDescriptor socket) : socket_(std::move(socket)) {}

    void line(std::string_view text) override;
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override;
    /// The final message, ready() or failed(): nothing is sent after it.
    void ready() noexcept;
    void failed(ErrorKind kind, const std::string& text) noexcept;

    int fd() const { return socket_.get(); }

   private:
    void send(const nlohmann::json& packet, Deadline deadline);
    void sendLast(const nlohmann::json& packet) noexcept;
    FileDescriptor socket_;
};

/// The reading side, in `boxtest up`.
class ProgressReader {
   public:
    explicit ProgressReader(FileDescriptor socket) : socket_(std::move(socket)) {}

    /// Passes messages to the log until the guest is ready. Throws the keeper's error with its kind; TransportError when the
    /// keeper died without a final message; GuestError (the latch).
    void readUntilReady(Log& log, Deadline deadline, const FailureLatch* failure);

    /// Shuts down the sending direction, so that the keeper gives up the boot. Returns when the keeper has ended, or at the
    /// deadline.
    void abandon(Deadline deadline) noexcept;

   private:
    /// nullopt at the end of the stream.
    std::optional<nlohmann::json> next(Deadline deadline, const FailureLatch* failure);
    FileDescriptor socket_;
};

}  // namespace boxtest
