#include "worker/CommandReader.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

std::optional<WorkerCommand> CommandReader::next(Deadline deadline, const FailureLatch* failure) {
    for (;;) {
        if (const auto line = lines_.next()) return WorkerCommand::parse(*line);
        if (lines_.isTooLong()) throw TransportError("boxtest run sends a command without an end");
        waitFor(fd_, POLLIN, deadline, "the next command of boxtest run", failure);
        std::array<char, 4096> buffer{};
        const auto got = ::read(fd_, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        lines_.add({buffer.data(), static_cast<std::size_t>(got)});
    }
}

}  // namespace boxtest
