#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/Deadline.hpp"
#include "ssh/CommandResult.hpp"
#include "ssh/Session.hpp"

namespace boxtest {

namespace ssh {
class ShellState;
}

/// A POSIX shell that runs as one command of a session, for instance behind sudo, and is used for many scripts. A script then
/// costs only one shell process, whereas Session::run() costs a channel, a login shell, and everything that the command goes
/// through: without KVM sudo and its PAM modules alone take a fifth of a second. For one thread at a time.
class RemoteShell {
   public:
    /// `command` must be a shell that reads commands from its stdin. Returns at once: run() reports a command that failed. The
    /// session must outlive the object. Throws SessionLost, GuestError.
    RemoteShell(Session& session, const std::string& command);
    RemoteShell(const RemoteShell&) = delete;
    RemoteShell& operator=(const RemoteShell&) = delete;
    RemoteShell(RemoteShell&&) noexcept = default;
    RemoteShell& operator=(RemoteShell&&) = delete;
    ~RemoteShell();

    /// Runs a script in a new shell (`sh -c`) with an empty stdin, and waits for its end. Returns its exit status (128 and the
    /// signal's number for a script that a signal killed) and its output until then. The script must not leave a process that
    /// writes to its stdout or stderr later: such output cannot be assigned to a script. When the command itself has ended
    /// instead, the result is that of the command.
    ///
    /// Throws CommandTimeout, OutputLimitExceeded, SessionLost, TransportError, GuestError; after any of these the shell is over,
    /// too.
    CommandResult run(const std::string& script, Deadline deadline = Deadline::in(std::chrono::minutes(2)),
                      std::size_t outputLimit = std::size_t{64} << 20);

    /// False once the command has ended, or a script did not end properly.
    bool alive() const;

   private:
    std::shared_ptr<ssh::IoThread> io_;
    std::shared_ptr<ssh::ShellState> state_;
};

}  // namespace boxtest
