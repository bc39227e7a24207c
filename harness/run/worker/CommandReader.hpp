#pragma once

#include <optional>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/LineBuffer.hpp"
#include "worker/WorkerCommand.hpp"

namespace boxtest {

/// The worker's end of its --commands-fd.
class CommandReader {
   public:
    /// Does not own the descriptor.
    explicit CommandReader(int fd) : fd_(fd) {}

    /// The next command; nothing when the other side has gone. Throws TransportError for a line that is no command or has more
    /// than 1 MiB, TimeoutError, and GuestError when the latch was declared.
    std::optional<WorkerCommand> next(Deadline deadline, const FailureLatch* failure = nullptr);

   private:
    int fd_;
    LineBuffer lines_{std::size_t{1} << 20};
};

}  // namespace boxtest
