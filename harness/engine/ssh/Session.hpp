#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/ShellQuote.hpp"
#include "ssh/CommandResult.hpp"
#include "ssh/SshByConfig.hpp"
#include "ssh/SshError.hpp"
#include "ssh/SshTarget.hpp"
#include "ssh/TcpAnswer.hpp"

namespace boxtest {

namespace ssh {
class IoThread;
}

/// One authenticated SSH connection, as one OS user. It owns a thread in which every libssh call happens. The methods here send
/// requests to that thread; any thread may call them, also at the same time. Commands and tunnels share the connection. When the
/// connection ends, every waiter ends at once with SessionLost; when the machine's latch is declared, with GuestError.
class Session {
   public:
    /// Connects, checks the host key, authenticates with this one private key file (OpenSSH format, no passphrase) and
    /// nothing else: no agent, no configuration file, no known_hosts, no ~/.ssh. The latch must outlive the session.
    ///
    /// Throws NotYetListening, HostKeyError, AuthenticationError, TransportError (the server broke off), TimeoutError,
    /// UsageError (no such key file, bad host key), GuestError (the latch).
    static Session connect(const SshTarget& target, const std::string& user, const std::filesystem::path& privateKey,
                           Deadline deadline, const FailureLatch* failure = nullptr);

    /// Connects like the user's own client, by ssh_config and known_hosts, with the agent or the keys that they name; SshByConfig
    /// lists the settings that libssh supports. A host key that is unknown, or differs, is HostKeyError, regardless of the
    /// configuration. Otherwise throws like the function above.
    static Session connect(const SshByConfig& by, Deadline deadline, const FailureLatch* failure = nullptr);

    /// The authentication methods that the server offers before any authentication ("none", RFC 4252 5.2), in the RFC's names,
    /// sorted. Empty when the server admits the user without authentication. Throws as connect().
    static std::vector<std::string> offeredMethods(const SshTarget& target, const std::string& user, Deadline deadline,
                                                   const FailureLatch* failure = nullptr);

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    /// Disconnects; ends its tunnels and every waiter.
    ~Session();

    const std::string& user() const;
    /// False once the connection has ended.
    bool alive() const;

    /// Runs a command in the user's login shell. Waits for its exit status or signal, and for the end of its output.
    ///
    /// Throws CommandTimeout, OutputLimitExceeded, SessionLost, GuestError.
    CommandResult run(const std::string& command, const RunOptions& options = {});

    /// Runs a program: each word is quoted for the shell.
    CommandResult run(const std::vector<std::string>& words, const RunOptions& options = {});
    CommandResult run(std::initializer_list<std::string_view> words, const RunOptions& options = {});

    /// Makes the server connect to host:port as seen from the guest, and closes the connection at once. Throws TimeoutError,
    /// GuestError.
    DirectTcpip tryDirectTcpip(const std::string& host, std::uint16_t port,
                               Deadline deadline = Deadline::in(std::chrono::minutes(1)));

    /// Connects like tryDirectTcpip(), then sends the payload and reads until `enough` bytes came back, the other side closed, or
    /// the deadline passed. A deadline that passes after the connection was made is not an error: silence is an answer, too.
    TcpProbe probeTcp(const std::string& host, std::uint16_t port, std::string_view payload, Deadline deadline,
                      std::size_t enough = 1);

    /// True if the server opens a connection to this Unix socket in the guest. OpenSSH gives no cause for a failure: a missing,
    /// stale or forbidden socket and disabled forwarding look alike. Throws TimeoutError, SessionLost, GuestError.
    bool tryUnixSocket(const std::string& path, Deadline deadline = Deadline::in(std::chrono::minutes(1)));

    /// POSIX shell quoting of words: quote("grep", pattern, path).
    template <typename... Words>
    static std::string quote(const Words&... words) {
        const std::vector<std::string> all{std::string(words)...};
        return shellQuote(all);
    }

   private:
    friend class RemoteShell;
    friend class Tunnel;
    explicit Session(std::shared_ptr<ssh::IoThread> io);
    std::shared_ptr<ssh::IoThread> io_;
};

}  // namespace boxtest
