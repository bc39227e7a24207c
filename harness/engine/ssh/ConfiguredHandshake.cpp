#include "ssh/ConfiguredHandshake.hpp"

#include <fmt/format.h>
#include <libssh/callbacks.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/Error.hpp"
#include "ssh/LibsshSteps.hpp"
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
    return fingerprint(shown);
}

/// For jump hosts libssh reads only the usual files. This makes it read the file that the user named instead.
struct JumpConfiguration {
    std::string file;
    ssh_jump_callbacks_struct callbacks{};
};

int readForJump(ssh_session session, void* userdata) {
    const bool no = false;
    const int read = ssh_options_parse_config(session, static_cast<JumpConfiguration*>(userdata)->file.c_str());
    return read == SSH_OK ? ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) : read;
}

/// One object for each file, never freed: a thread of libssh that connects to a jump host may outlive the handshake that started
/// it.
ssh_jump_callbacks_struct* callbacksOfJumps(const std::string& file) {
    static std::mutex mutex;
    static auto* const all = new std::map<std::string, std::unique_ptr<JumpConfiguration>>;
    const std::lock_guard lock(mutex);
    auto& one = (*all)[file];
    if (!one) {
        one = std::make_unique<JumpConfiguration>();
        one->file = file;
        one->callbacks.userdata = one.get();
        one->callbacks.before_connection = readForJump;
    }
    return &one->callbacks;
}

/// libssh takes one entry of the list for each jump, and uses its default when the list is empty.
constexpr int mostJumps = 8;

}  // namespace

void ConfiguredHandshake::connect() {
    session_ = newSession();
    auto* session = session_.get();
    // Options that are set before the configuration is read take precedence.
    setOption(session, SSH_OPTIONS_HOST, by_.host.c_str(), "this host");
    if (!by_.user.empty()) setOption(session, SSH_OPTIONS_USER, by_.user.c_str(), "this user");
    if (const unsigned int port = by_.port; port != 0) setOption(session, SSH_OPTIONS_PORT, &port, "this port");
    if (ssh_options_parse_config(session, by_.config.empty() ? nullptr : by_.config.c_str()) != SSH_OK)
        throw UsageError(fmt::format("libssh cannot read {}: {}",
                                     by_.config.empty() ? "the configuration of ssh" : by_.config.string(), error()));
    if (!by_.config.empty())
        for (int i = 0; i < mostJumps; ++i)
            setOption(session, SSH_OPTIONS_PROXYJUMP_CB_LIST_APPEND, callbacksOfJumps(by_.config.string()), "jump hosts");
    const bool no = false;
    setOption(session, SSH_OPTIONS_PROCESS_CONFIG, &no, "not to read the configuration again");
    ssh_set_blocking(session, 0);
    if (drive(SSH_AGAIN, "the SSH server", [&] { return ssh_connect(session); }) != SSH_OK)
        throw TransportError(fmt::format("cannot make an SSH connection to {}: {}", by_.host, error()));
    checkHostKey();
    makeSocketNonBlocking(session);
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
    return ssh::drive(session_.get(), again, fmt::format("{} of {}", what, by_.host), deadline_, failure_, step);
}

}  // namespace boxtest::ssh
