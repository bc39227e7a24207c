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

/// One command of a session that is a POSIX shell, behind sudo for instance, and is kept for many scripts. A script then costs a
/// shell of its own, where Session::run() costs a channel, a login shell, and whatever the command goes through: without KVM
/// sudo and its PAM modules alone take a fifth of a second. From one thread at a time.
class RemoteShell {
   public:
    /// `command` has to be a shell that reads what it runs from its stdin. Returns at once: a command that fails is seen in
    /// run(). The session must outlive the object. Throws SessionLost, GuestError.
    RemoteShell(Session& session, const std::string& command);
    RemoteShell(const RemoteShell&) = delete;
    RemoteShell& operator=(const RemoteShell&) = delete;
    RemoteShell(RemoteShell&&) noexcept = default;
    RemoteShell& operator=(RemoteShell&&) = delete;
    ~RemoteShell();

    /// Runs a script by a shell of its own, `sh -c`, with nothing on its stdin, and returns when that has ended: with its exit
    /// status (of one that a signal killed 128 and the signal's number) and what was written until then. It must leave nothing
    /// behind that writes to its stdout or stderr later: nobody would know whose that is. When the command itself has ended
    /// instead, the result is that of the command.
    ///
    /// Throws CommandTimeout, OutputLimitExceeded, SessionLost, TransportError, GuestError; then, too, the shell is over.
    CommandResult run(const std::string& script, Deadline deadline = Deadline::in(std::chrono::minutes(2)),
                      std::size_t outputLimit = std::size_t{64} << 20);

    /// False once the command has ended, or a script did not end as it should.
    bool alive() const;

   private:
    std::shared_ptr<ssh::IoThread> io_;
    std::shared_ptr<ssh::ShellState> state_;
};

}  // namespace boxtest
