#include "db/Watchdog.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <limits>

#include "base/Error.hpp"

namespace boxtest {

Watchdog::Watchdog(int socket, const FailureLatch* failure) : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)), failure_(failure) {
    if (!socket_) throw SystemError("cannot watch a database connection", errno);
    thread_ = std::thread([this] { run(); });
}

Watchdog::~Watchdog() {
    stopping_ = true;
    wakeUp_.set();
    thread_.join();
}

void Watchdog::arm(Deadline deadline) {
    const auto until = deadline.at().time_since_epoch().count();
    armedUntil_ = until;
    if (sleepsUntil_ > until) wakeUp_.set();
}

void Watchdog::run() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::array<pollfd, 2> polled{pollfd{wakeUp_.fd(), POLLIN, 0}, pollfd{failure_ ? failure_->fd() : -1, POLLIN, 0}};
    while (!stopping_) {
        // Store sleepsUntil_ before reading the armed time: a concurrent arm() is then either seen here or sets the event.
        sleepsUntil_ = never;
        const Ticks until = armedUntil_;
        sleepsUntil_ = until;
        int timeout = -1;
        if (until != never) {
            const auto left = Deadline::Clock::duration(until) - Deadline::Clock::now().time_since_epoch();
            if (left <= Deadline::Clock::duration::zero()) {
                bit_ = true;
                return cut();
            }
            const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
            timeout = static_cast<int>(std::min<long long>(milliseconds, std::numeric_limits<int>::max()));
        }
        ::poll(polled.data(), polled.size(), timeout);
        if (polled[1].revents != 0) return cut();
        wakeUp_.clear();
    }
}

void Watchdog::cut() noexcept { ::shutdown(socket_.get(), SHUT_RDWR); }

}  // namespace boxtest
