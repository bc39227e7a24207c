#pragma once

#include <optional>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/LineBuffer.hpp"
#include "worker/WorkerCommand.hpp"

namespace boxtest {

/// Reads commands from the worker's --commands-fd.
class CommandReader {
   public:
    /// Does not own the descriptor.
    explicit CommandReader(int fd) : fd_(fd) {}

    /// The next command; nullopt when the other side has closed the connection. Throws TransportError for a line that is not a
    /// command or is longer than 1 MiB, TimeoutError, and GuestError when the latch was declared.
    std::optional<WorkerCommand> next(Deadline deadline, const FailureLatch* failure = nullptr);

   private:
    int fd_;
    LineBuffer lines_{std::size_t{1} << 20};
};

}  // namespace boxtest
