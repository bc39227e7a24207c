#include "ssh/LibsshSteps.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <mutex>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest::ssh {

void initialiseLibssh() {
    static std::once_flag initialised;
    std::call_once(initialised, [] {
        if (ssh_init() != SSH_OK) throw Error(ErrorKind::system, "cannot initialise libssh");
    });
}

SessionHandle newSession() {
    initialiseLibssh();
    SessionHandle session(ssh_new());
    if (!session) throw Error(ErrorKind::system, "cannot make an SSH session: out of memory");
    return session;
}

void makeSocketNonBlocking(ssh_session session) {
    const int fd = ssh_get_fd(session);
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) throw SystemError("cannot make a socket non-blocking", errno);
}

std::string fingerprint(ssh_key key) {
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return "no fingerprint";
    char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    std::string result = fmt::format("{} {}", ssh_key_type_to_char(ssh_key_type(key)), text ? text : "?");
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return result;
}

void waitForSocket(ssh_session session, std::string_view what, Deadline deadline, const FailureLatch* failure) {
    const int fd = ssh_get_fd(session);
    if (fd < 0) throw TransportError(fmt::format("libssh waits for {} without a socket", what));
    const int flags = ssh_get_poll_flags(session);
    waitFor(fd, static_cast<short>(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0)), deadline, what, failure);
}

}  // namespace boxtest::ssh
