#include "vm/QemuSocket.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest {

std::string QemuSocket::shown(const std::string& text) {
    return nlohmann::json(text.substr(0, 200)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

QemuSocket QemuSocket::connect(std::string protocol, const std::filesystem::path& path, std::size_t longestLine,
                               Deadline deadline, const FailureLatch* failure, const FailureLatch* stopping) {
    const std::string attempted = "cannot connect to the " + protocol + " socket '" + path.string() + "'";
    const UnixAddress address(path);
    FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!descriptor) throw SystemError("cannot make a Unix socket", errno);
    // A Unix socket connects at once or is refused, so this may block only while the backlog is full; it never is.
    const bool connected = ::connect(descriptor.get(), address.get(), address.size()) == 0;
    const int why = errno;
    ::fcntl(descriptor.get(), F_SETFL, O_NONBLOCK);

    QemuSocket socket(std::move(protocol), std::move(descriptor), longestLine, failure, stopping);
    if (!connected) socket.lost(SystemError(attempted, why).what(), deadline);
    return socket;
}

void QemuSocket::lost(const std::string& how, Deadline deadline) const {
    // QEMU closes its socket shortly before its death is detected, and its last words explain more.
    pollfd stopping{stopping_ ? stopping_->fd() : -1, POLLIN, 0};
    if (failure_) poll({&stopping, 1}, deadline.within(std::chrono::seconds(5)), failure_);
    throw TransportError(how);
}

void QemuSocket::send(const std::string& text, Deadline deadline) {
    for (std::size_t done = 0; done < text.size();) {
        const auto sent = ::send(socket_.get(), text.data() + done, text.size() - done, MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN) {
            waitFor(socket_.get(), POLLOUT, deadline, "QEMU to take a " + protocol_ + " command", failure_);
        } else if (errno != EINTR) {
            lost("cannot send to QEMU by " + protocol_ + ": " + std::strerror(errno), deadline);
        }
    }
}

std::string QemuSocket::receiveLine(Deadline deadline, const std::string& waitedFor) {
    for (;;) {
        if (auto line = lines_.next()) return *std::move(line);
        if (lines_.isTooLong())
            throw TransportError("QEMU's " + protocol_ + " socket sent a line without an end while waiting for " + waitedFor +
                                 ": " + shown(std::string(lines_.unfinished().substr(0, 1000))));

        waitFor(socket_.get(), POLLIN, deadline, waitedFor, failure_);
        std::array<char, 65536> bytes;
        const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
        if (got > 0) {
            lines_.add({bytes.data(), static_cast<std::size_t>(got)});
        } else if (got == 0) {
            lost("QEMU closed its " + protocol_ + " socket while waiting for " + waitedFor, deadline);
        } else if (errno != EAGAIN && errno != EINTR) {
            lost("lost QEMU's " + protocol_ + " socket while waiting for " + waitedFor + ": " + std::strerror(errno), deadline);
        }
    }
}

}  // namespace boxtest
