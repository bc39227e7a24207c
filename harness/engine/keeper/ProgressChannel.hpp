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

/// The keeper's side of the socket on which it tells the `up` that started it how the boot goes. A log: lines that the reader
/// does not take in time are lost, since the boot must not wait for a terminal that was stopped.
class ProgressSender final : public Log {
   public:
    /// `socket` is one of a pair of sequenced-packet sockets.
    explicit ProgressSender(FileDescriptor socket) : socket_(std::move(socket)) {}

    void line(std::string_view text) override;
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override;
    /// The last word: nothing is told after it.
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

    /// Passes lines on to the log until the guest is ready. Throws the keeper's error, of its kind; TransportError when the
    /// keeper died without a word; GuestError by the latch.
    void readUntilReady(Log& log, Deadline deadline, const FailureLatch* failure);

    /// Tells the keeper that nobody waits any more, and returns when it has gone, or at the deadline.
    void abandon(Deadline deadline) noexcept;

   private:
    /// Nothing at the end.
    std::optional<nlohmann::json> next(Deadline deadline, const FailureLatch* failure);
    FileDescriptor socket_;
};

}  // namespace boxtest
