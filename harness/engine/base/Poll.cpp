#include "base/Poll.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include "base/Error.hpp"

namespace boxtest {

bool poll(std::span<pollfd> descriptors, Deadline deadline, const FailureLatch* failure) {
    std::vector<pollfd> all(descriptors.begin(), descriptors.end());
    if (failure) all.push_back({failure->fd(), POLLIN, 0});
    for (;;) {
        const int ready = ::poll(all.data(), all.size(), deadline.pollTimeout());
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) throw SystemError("cannot poll", errno);
        if (failure && all.back().revents != 0) failure->check();
        for (std::size_t i = 0; i < descriptors.size(); ++i) descriptors[i].revents = all[i].revents;
        if (ready > 0) return true;
        if (deadline.expired()) return false;
    }
}

void waitFor(int fd, short events, Deadline deadline, std::string_view what, const FailureLatch* failure) {
    pollfd one{fd, events, 0};
    if (!poll({&one, 1}, deadline, failure)) throw TimeoutError("timed out waiting for " + std::string(what));
}

void pauseBetweenTries(Deadline::Clock::duration pause, Deadline deadline, const FailureLatch* failure) {
    poll({}, deadline.within(pause), failure);
}

}  // namespace boxtest
