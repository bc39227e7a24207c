#include "ssh/Listener.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/Error.hpp"
#include "ssh/ForwardChannel.hpp"
#include "ssh/IoThread.hpp"

namespace boxtest::ssh {

namespace {

constexpr std::chrono::milliseconds deafInterval{100};

}  // namespace

FileDescriptor listenLoopback(std::uint16_t& port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const int on = 1;
    FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket || ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(socket.get(), generic, size) != 0 || ::listen(socket.get(), SOMAXCONN) != 0 ||
        ::getsockname(socket.get(), generic, &size) != 0)
        throw SystemError(fmt::format("cannot listen on 127.0.0.1:{}", port), errno);
    port = ntohs(address.sin_port);
    return socket;
}

Listener::Listener(std::shared_ptr<TunnelState> state, FileDescriptor socket)
    : state_(std::move(state)), socket_(std::move(socket)), hold_(std::in_place, state_, false) {}

void Listener::collect(PollSet& set) {
    if (deafUntil_ && deafUntil_->expired()) deafUntil_.reset();
    if (deafUntil_) set.wakeBy(*deafUntil_);
    slot_ = socket_ && !deafUntil_ ? set.add(socket_.get(), POLLIN) : PollSet::none;
}

void Listener::work(IoThread& io, const PollSet& polled) {
    if (state_->closing()) return close();
    if (polled.happened(slot_) == 0) return;
    for (;;) {
        FileDescriptor accepted(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!accepted) {
            if (errno == EINTR || errno == ECONNABORTED) continue;
            if (errno == EAGAIN) return;
            if (!troubleTold_) state_->noteFailure(fmt::format("cannot accept a connection: {}", std::strerror(errno)));
            troubleTold_ = true;
            deafUntil_ = Deadline::in(deafInterval);
            return;
        }
        troubleTold_ = false;
        if (state_->local().port != 0) {
            const int on = 1;
            ::setsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        io.adopt(std::make_shared<ForwardChannel>(state_, std::move(accepted)));
    }
}

void Listener::sessionEnded(const Error&) noexcept { close(); }

void Listener::close() noexcept {
    socket_.reset();
    hold_.reset();
}

}  // namespace boxtest::ssh
