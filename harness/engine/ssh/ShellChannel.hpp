#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ssh/ExecChannel.hpp"

namespace boxtest::ssh {

/// State of a command that is a shell, and of its current script (one at a time).
class ShellState : public ExecState {
   public:
    /// For the owner: what the shell is to read next. Its output ends at the mark: on stdout before a blank, an exit status and a
    /// newline, on stderr before a newline.
    void give(std::string_view lines, std::string_view mark, std::size_t outputLimit);

    /// For the owner: waits for both marks, or for the end of the shell, whose status is the result's then. Throws
    /// CommandTimeout, OutputLimitExceeded, SessionLost, TransportError (the server would not start it), GuestError; after any of
    /// these, and after the end of the shell, the state is abandoned.
    CommandResult wait(Deadline deadline, const std::string& script);

    /// It can be given more.
    bool alive() const;
    /// The owner wants nothing more of it.
    void abandon();

   private:
    friend class ShellChannel;

    std::string input_;  ///< For the shell, not with the channel yet.
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
