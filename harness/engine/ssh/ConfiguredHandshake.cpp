#include "ssh/ConfiguredHandshake.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <mutex>
#include <vector>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ssh/SshError.hpp"

namespace boxtest::ssh {

namespace {

void setOption(ssh_session session, ssh_options_e option, const void* value, const char* what) {
    if (ssh_options_set(session, option, value) != SSH_OK)
        throw UsageError(fmt::format("libssh does not take {}: {}", what, ssh_get_error(session)));
}

std::string fingerprintShown(ssh_session session) {
    ssh_key shown = nullptr;
    if (ssh_get_server_publickey(session, &shown) != SSH_OK) return "none";
    const KeyHandle key(shown);
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(shown, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0) return "without a fingerprint";
    char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    auto result = fmt::format("{} {}", ssh_key_type_to_char(ssh_key_type(shown)), text ? text : "?");
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return result;
}

}  // namespace

void ConfiguredHandshake::connect() {
    static std::once_flag initialised;
    std::call_once(initialised, [] {
        if (ssh_init() != SSH_OK) throw Error(ErrorKind::system, "cannot initialise libssh");
    });
    session_.reset(ssh_new());
    if (!session_) throw Error(ErrorKind::system, "cannot make an SSH session: out of memory");
    auto* session = session_.get();
    // What is set before the configuration is read wins.
    setOption(session, SSH_OPTIONS_HOST, by_.host.c_str(), "this host");
    if (!by_.user.empty()) setOption(session, SSH_OPTIONS_USER, by_.user.c_str(), "this user");
    if (const unsigned int port = by_.port; port != 0) setOption(session, SSH_OPTIONS_PORT, &port, "this port");
    if (ssh_options_parse_config(session, by_.config.empty() ? nullptr : by_.config.c_str()) != SSH_OK)
        throw UsageError(fmt::format("libssh cannot read {}: {}",
                                     by_.config.empty() ? "the configuration of ssh" : by_.config.string(), error()));
    const bool no = false;
    setOption(session, SSH_OPTIONS_PROCESS_CONFIG, &no, "not to read the configuration again");
    ssh_set_blocking(session, 0);
    if (drive(SSH_AGAIN, "the SSH server", [&] { return ssh_connect(session); }) != SSH_OK)
        throw TransportError(fmt::format("cannot make an SSH connection to {}: {}", by_.host, error()));
    checkHostKey();
    const int fd = ssh_get_fd(session);
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) throw SystemError("cannot make a socket non-blocking", errno);
}

void ConfiguredHandshake::checkHostKey() {
    auto* session = session_.get();
    const auto state = ssh_session_is_known_server(session);
    if (state == SSH_KNOWN_HOSTS_OK) return;
    const auto shown = fingerprintShown(session);
    switch (state) {
        case SSH_KNOWN_HOSTS_CHANGED:
            throw HostKeyError(fmt::format("{} is another machine than known_hosts knows: its host key is {}", by_.host, shown));
        case SSH_KNOWN_HOSTS_OTHER:
            throw HostKeyError(
                fmt::format("{} shows a host key of another type than known_hosts has of it: {}", by_.host, shown));
        case SSH_KNOWN_HOSTS_UNKNOWN:
        case SSH_KNOWN_HOSTS_NOT_FOUND:
            throw HostKeyError(fmt::format(
                "the host key of {} is not in known_hosts: {}. Compare it with the machine's own, and log in once by ssh",
                by_.host, shown));
        default: throw HostKeyError(fmt::format("the host key of {} cannot be checked: {}", by_.host, error()));
    }
}

void ConfiguredHandshake::authenticate() {
    auto* session = session_.get();
    KeyHandle key;
    if (!by_.identity.empty()) {
        ssh_key read = nullptr;
        if (ssh_pki_import_privkey_file(by_.identity.c_str(), nullptr, nullptr, nullptr, &read) != SSH_OK)
            throw UsageError(fmt::format("cannot read the private key '{}': no such file, not readable, or it has a passphrase",
                                         by_.identity.string()));
        key.reset(read);
    }
    const int rc = drive(SSH_AUTH_AGAIN, "authentication", [&] {
        return key ? ssh_userauth_publickey(session, nullptr, key.get()) : ssh_userauth_publickey_auto(session, nullptr, nullptr);
    });
    if (rc == SSH_AUTH_SUCCESS) return;
    const auto whose = by_.user.empty() ? std::string("the configured user") : fmt::format("user '{}'", by_.user);
    if (rc == SSH_AUTH_DENIED || rc == SSH_AUTH_PARTIAL)
        throw AuthenticationError(fmt::format("{} refuses {} with {}", by_.host, whose,
                                              by_.identity.empty() ? "every key of the agent and of the configuration"
                                                                   : fmt::format("the key '{}'", by_.identity.string())),
                                  {});
    throw TransportError(fmt::format("cannot authenticate as {} at {}: {}", whose, by_.host, error()));
}

std::string ConfiguredHandshake::error() const { return ssh_get_error(session_.get()); }

template <typename Step>
int ConfiguredHandshake::drive(int again, std::string_view what, Step step) const {
    for (;;) {
        const int rc = step();
        if (rc != again) return rc;
        const int fd = ssh_get_fd(session_.get());
        if (fd < 0) throw TransportError(fmt::format("libssh waits for {} of {} without a socket", what, by_.host));
        const int flags = ssh_get_poll_flags(session_.get());
        waitFor(fd, static_cast<short>(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0)), deadline_,
                fmt::format("{} of {}", what, by_.host), failure_);
    }
}

}  // namespace boxtest::ssh
