#include "base/UnixListener.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "base/Error.hpp"
#include "base/UnixAddress.hpp"

namespace boxtest {

FileDescriptor listenUnix(const std::filesystem::path& path, int backlog, int flags) {
    const UnixAddress address(path);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
    // Linux gives the new file the mode of the socket (unix(7)): it is never open to other users, not even for a moment.
    if (!socket || ::fchmod(socket.get(), 0600) != 0 || ::bind(socket.get(), address.get(), address.size()) != 0 ||
        ::listen(socket.get(), backlog) != 0)
        throw SystemError("cannot listen on socket '" + path.string() + "'", errno);
    return socket;
}

}  // namespace boxtest
