#include "base/Event.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/Error.hpp"

namespace boxtest {

Event::Event() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!descriptor_) throw SystemError("cannot make an eventfd", errno);
}

void Event::set() noexcept {
    const std::uint64_t one = 1;
    // Fails only when the counter is at its maximum, after very many calls without clear(): the flag is set then.
    [[maybe_unused]] const auto written = ::write(descriptor_.get(), &one, sizeof one);
}

void Event::clear() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(descriptor_.get(), &count, sizeof count);
}

bool Event::isSet() const noexcept {
    pollfd readable{descriptor_.get(), POLLIN, 0};
    return ::poll(&readable, 1, 0) == 1;
}

}  // namespace boxtest
