#include "ssh/Handshake.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libssh/callbacks.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/Error.hpp"
#include "ssh/LibsshSteps.hpp"
#include "ssh/PatientConnect.hpp"
#include "ssh/SshError.hpp"
#include "ssh/TcpConnect.hpp"

namespace boxtest::ssh {

namespace {

KeyHandle parseHostKey(const std::string& line, std::string& type) {
    const auto space = line.find(' ');
    type = line.substr(0, space);
    ssh_key key = nullptr;
    if (space != std::string::npos) {
        const auto end = line.find(' ', space + 1);
        const auto base64 = line.substr(space + 1, end == std::string::npos ? end : end - space - 1);
        ssh_pki_import_pubkey_base64(base64.c_str(), ssh_key_type_from_name(type.c_str()), &key);
    }
    if (!key) throw UsageError(fmt::format("not a public host key ('type base64'): '{}'", line));
    return KeyHandle(key);
}

void set(ssh_session session, ssh_options_e option, const void* value, const char* what) {
    if (ssh_options_set(session, option, value) != SSH_OK)
        throw TransportError(fmt::format("libssh does not take {}: {}", what, ssh_get_error(session)));
}

std::vector<std::string> split(std::string_view list, char separator) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const auto end = std::min(list.find(separator), list.size());
        if (end > 0) parts.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    std::sort(parts.begin(), parts.end());
    return parts;
}

}  // namespace

Handshake::Handshake(const SshTarget& target, std::string user, Deadline deadline, const FailureLatch* failure)
    : target_(target), user_(std::move(user)), deadline_(deadline), failure_(failure) {
    initialiseLibssh();
    hostKey_ = parseHostKey(target_.hostKey, hostKeyType_);
}

void Handshake::connect() {
    auto socket = target_.isUp ? connectPatiently(target_.host, target_.port, deadline_, failure_)
                               : connectTcp(target_.host, target_.port, deadline_, failure_);
    session_ = newSession();
    auto* session = session_.get();
    // libssh reads ~/.ssh/config, /etc/ssh and known_hosts unless told not to.
    const bool no = false;
    set(session, SSH_OPTIONS_PROCESS_CONFIG, &no, "not to read configuration files");
    set(session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null", "no known_hosts");
    set(session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null", "no known_hosts");
    set(session, SSH_OPTIONS_HOST, target_.host.c_str(), "a host");
    set(session, SSH_OPTIONS_USER, user_.c_str(), "a user");
    const bool rsa = hostKeyType_ == "ssh-rsa";
    set(session, SSH_OPTIONS_HOSTKEYS, rsa ? "rsa-sha2-512,rsa-sha2-256" : hostKeyType_.c_str(), "a host key type");
    // The post-quantum hybrid key exchanges are slow in a cold guest under TCG, and protect nothing on loopback.
    set(session, SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256,curve25519-sha256@libssh.org", "a key exchange");
    const socket_t fd = socket.get();
    set(session, SSH_OPTIONS_FD, &fd, "a socket");
    ssh_set_blocking(session, 0);

    std::string why;
    const int rc = drive(SSH_AGAIN, "the SSH server", [&] {
        const int result = ssh_connect(session);
        if (result == SSH_ERROR) why = error();
        if (socket) {
            // libssh never closes a socket that was set as an option. After the option is cleared, libssh owns the socket.
            static_cast<void>(socket.release());
            constexpr socket_t none = SSH_INVALID_SOCKET;
            ssh_options_set(session, SSH_OPTIONS_FD, &none);
        }
        return result;
    });
    if (rc != SSH_OK) {
        if (!ssh_get_serverbanner(session))
            throw NotYetListening(fmt::format("{} accepts connections, but no SSH server answers: {}", name(), why));
        if (why.find("server host key algo") != std::string::npos)
            throw HostKeyError(fmt::format("{} has no host key of type {}: {}", name(), hostKeyType_, why));
        throw TransportError(fmt::format("cannot make an SSH connection to {}: {}", name(), why));
    }
    makeSocketNonBlocking(session);
    checkHostKey();
}

void Handshake::checkHostKey() {
    ssh_key shown = nullptr;
    if (ssh_get_server_publickey(session_.get(), &shown) != SSH_OK)
        throw HostKeyError(fmt::format("{} showed no host key: {}", name(), error()));
    const KeyHandle key(shown);
    if (ssh_key_cmp(shown, hostKey_.get(), SSH_KEY_CMP_PUBLIC) != 0)
        throw HostKeyError(fmt::format("{} is another machine than expected: its host key is {}, not {}", name(),
                                       fingerprint(shown), fingerprint(hostKey_.get())));
}

void Handshake::authenticate(const std::filesystem::path& privateKey) {
    ssh_key read = nullptr;
    const int imported = ssh_pki_import_privkey_file(privateKey.c_str(), nullptr, nullptr, nullptr, &read);
    if (imported != SSH_OK)
        throw UsageError(fmt::format("cannot read the private key '{}': {}", privateKey.string(),
                                     imported == SSH_EOF ? "no such file, or not readable" : "not a key without passphrase"));
    const KeyHandle key(read);
    awaitToken();
    const int rc = drive(SSH_AUTH_AGAIN, "authentication", [&] { return ssh_userauth_publickey(session_.get(), nullptr, read); });
    if (rc == SSH_AUTH_SUCCESS || rc == SSH_AUTH_DENIED || rc == SSH_AUTH_PARTIAL) checkToken();
    if (rc == SSH_AUTH_SUCCESS) return;
    if (rc == SSH_AUTH_DENIED || rc == SSH_AUTH_PARTIAL) {
        auto offered = methodsLeft();
        const auto message = fmt::format("{} refuses user '{}' with the key '{}'; it offers: {}", name(), user_,
                                         privateKey.string(), fmt::join(offered, ", "));
        throw AuthenticationError(message, std::move(offered));
    }
    throw TransportError(fmt::format("cannot authenticate as '{}' at {}: {}", user_, name(), error()));
}

std::vector<std::string> Handshake::offeredMethods() {
    awaitToken();
    const int rc =
        drive(SSH_AUTH_AGAIN, "the authentication methods", [&] { return ssh_userauth_none(session_.get(), nullptr); });
    if (rc != SSH_AUTH_ERROR) checkToken();
    if (rc == SSH_AUTH_SUCCESS) return {};
    if (rc == SSH_AUTH_ERROR) throw TransportError(fmt::format("{} lists no authentication methods: {}", name(), error()));
    return methodsLeft();
}

void Handshake::awaitToken() const {
    if (!target_.tokenTold.valid()) return;
    // The thread that fulfils the promise watches the machine meanwhile.
    if (target_.tokenTold.wait_for(deadline_.within(std::chrono::hours(24)).remaining()) != std::future_status::ready)
        throw TimeoutError(fmt::format("timed out waiting for the SSH server of {} to show its token", name()));
    target_.tokenTold.get();
}

void Handshake::checkToken() const {
    if (target_.token.empty()) return;
    char* text = ssh_get_issue_banner(session_.get());
    std::string told = text ? text : "";
    ssh_string_free_char(text);
    told = told.substr(0, told.find_first_of("\r\n"));
    if (told == target_.token) return;
    throw HostKeyError(
        fmt::format("another machine answers at {}: it has the right host key, but {}", name(),
                    told.empty() ? std::string("shows no token") : fmt::format("shows another token ('{}')", told)));
}

std::vector<std::string> Handshake::methodsLeft() const {
    // libssh's bit mask has only five methods; its error text contains the server's own list.
    constexpr std::string_view marker = "Authentication that can continue: ";
    const std::string text = ssh_get_error(session_.get());
    if (const auto at = text.find(marker); at != std::string::npos)
        return split(std::string_view(text).substr(at + marker.size()), ',');
    using Method = std::pair<int, const char*>;
    static constexpr std::array<Method, 5> known{Method{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                                                 {SSH_AUTH_METHOD_PASSWORD, "password"},
                                                 {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                                                 {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                                                 {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    std::vector<std::string> methods;
    const int bits = ssh_userauth_list(session_.get(), nullptr);
    for (const auto& [bit, method] : known)
        if (bits & bit) methods.emplace_back(method);
    std::sort(methods.begin(), methods.end());
    return methods;
}

std::string Handshake::error() const { return ssh_get_error(session_.get()); }

std::string Handshake::name() const { return fmt::format("{}:{}", target_.host, target_.port); }

template <typename Step>
int Handshake::drive(int again, std::string_view what, Step step) const {
    return ssh::drive(session_.get(), again, fmt::format("{} of {}", what, name()), deadline_, failure_, step);
}

}  // namespace boxtest::ssh
