#include "ssh/Knock.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Poll.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest {

void knock(const Tunnel& tunnel, Deadline deadline, const FailureLatch* failure) {
    const auto path = tunnel.socket();
    const UnixAddress address(path);
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket || ::connect(socket.get(), address.get(), address.size()) != 0 || ::shutdown(socket.get(), SHUT_WR) != 0)
        throw SystemError("cannot connect to '" + path.string() + "'", errno);
    for (;;) {
        waitFor(socket.get(), POLLIN, deadline, "the far end of '" + path.string() + "' to close a connection", failure);
        char byte = 0;
        // Bytes that a server sends first are ignored; a connection that the server resets counts as closed.
        if (::recv(socket.get(), &byte, 1, 0) <= 0) return;
    }
}

}  // namespace boxtest
