#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "ssh/ExecChannel.hpp"

namespace boxtest::ssh {

/// State of a command that runs once.
class CommandState : public ExecState {
   public:
    explicit CommandState(std::size_t outputLimit) : ExecState(outputLimit) {}

    /// For the caller: waits for the end of the command. Throws CommandTimeout, OutputLimitExceeded, SessionLost, TransportError
    /// (the server refused to start it), GuestError; after any of these the state is abandoned.
    CommandResult wait(Deadline deadline, const std::string& command);

   private:
    friend class CommandChannel;
};

/// A command that runs over a channel of its own.
class CommandChannel final : public ExecChannel {
   public:
    CommandChannel(const std::shared_ptr<CommandState>& state, std::string command, std::string_view input)
        : ExecChannel(state, std::move(command)), state_(state) {
        addInput(input);
        endInput();
    }

   private:
    std::size_t onData(std::string_view data, bool isStderr) override;
    void progress(IoThread& io, const PollSet& polled) override;

    std::shared_ptr<CommandState> state_;
    bool overLimit_ = false;
};

}  // namespace boxtest::ssh
