#include "worker/CommandReader.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/Poll.hpp"

namespace boxtest {

std::optional<WorkerCommand> CommandReader::next(Deadline deadline, const FailureLatch* failure) {
    for (;;) {
        if (const auto end = rest_.find('\n'); end != std::string::npos) {
            const auto line = rest_.substr(0, end);
            rest_.erase(0, end + 1);
            return WorkerCommand::parse(line);
        }
        waitFor(fd_, POLLIN, deadline, "the next command of boxtest run", failure);
        std::array<char, 4096> buffer{};
        const auto got = ::read(fd_, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        rest_.append(buffer.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace boxtest
