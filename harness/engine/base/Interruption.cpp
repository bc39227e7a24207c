#include "base/Interruption.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

Interruption::Interruption() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction current {};
        if (::sigaction(number, nullptr, &current) == 0 && current.sa_handler != SIG_IGN) sigaddset(&wanted, number);
    }
    pthread_sigmask(SIG_BLOCK, &wanted, &before_);
    signals_ = FileDescriptor(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_) {
        const int failed = errno;
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        throw SystemError("cannot make a signalfd", failed);
    }
    thread_ = std::thread([this] { watch(); });
}

Interruption::~Interruption() {
    stop_.set();
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Interruption::Handling Interruption::handle(std::function<void(int)> taken) {
    setHandler(std::move(taken));
    return Handling(*this);
}

Interruption::Handling Interruption::handleBy(FailureLatch& latch) {
    return handle([&latch](int signal) { latch.interrupt(describe(signal)); });
}

void Interruption::setHandler(std::function<void(int)> taken) {
    std::lock_guard lock(mutex_);
    taken_ = std::move(taken);
    if (taken_ && first_ != 0) taken_(first_);
}

std::optional<int> Interruption::signal() const {
    const int first = first_;
    return first == 0 ? std::nullopt : std::optional(first);
}

std::string Interruption::describe(int signal) {
    const char* name = sigabbrev_np(signal);
    return std::string("interrupted (SIG") + (name ? name : "?") + ")";
}

void Interruption::watch() {
    std::array<pollfd, 2> waiting{{{signals_.get(), POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
    for (;;) {
        poll(waiting, Deadline::never());
        signalfd_siginfo info{};
        while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
            const int number = static_cast<int>(info.ssi_signo);
            int none = 0;
            first_.compare_exchange_strong(none, number);
            std::lock_guard lock(mutex_);
            if (taken_) taken_(number);
        }
        if (waiting[1].revents != 0) return;
    }
}

}  // namespace boxtest
