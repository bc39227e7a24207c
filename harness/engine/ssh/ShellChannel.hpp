#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ssh/ExecChannel.hpp"

namespace boxtest::ssh {

/// The state of a command that is a shell, and of its current script (one at a time).
class ShellState : public ExecState {
   public:
    /// For the owner: appends input for the shell. The output of the script ends at `mark`: on stdout a blank, an exit status and
    /// a newline follow the mark, on stderr a newline.
    void give(std::string_view lines, std::string_view mark, std::size_t outputLimit);

    /// For the owner: waits for both marks, or for the end of the shell; the result then has the status of the shell. Throws
    /// CommandTimeout, OutputLimitExceeded, SessionLost, TransportError (the server refused to start it), GuestError. After any
    /// of these, and after the end of the shell, the state is abandoned.
    CommandResult wait(Deadline deadline, const std::string& script);

    /// True while give() is possible.
    bool alive() const;
    /// The owner does not need the shell any more.
    void abandon();

   private:
    friend class ShellChannel;

    std::string input_;  ///< For the shell, not yet passed to the channel.
    std::string mark_;
    std::size_t outSeen_ = 0, errSeen_ = 0;  ///< Bytes in which no mark begins.
    bool outMarked_ = false, errMarked_ = false;
};

/// A command that is a shell with the channel as its stdin.
class ShellChannel final : public ExecChannel {
   public:
    ShellChannel(const std::shared_ptr<ShellState>& state, std::string command)
        : ExecChannel(state, std::move(command)), state_(state) {}

   private:
    std::size_t onData(std::string_view data, bool isStderr) override;
    void progress(IoThread& io, const PollSet& polled) override;

    std::shared_ptr<ShellState> state_;
};

}  // namespace boxtest::ssh
