#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ssh/Channel.hpp"
#include "ssh/CommandResult.hpp"

namespace boxtest::ssh {

/// What a waiting caller and the I/O thread share about one command.
class CommandState {
   public:
    explicit CommandState(std::size_t outputLimit) : outputLimit_(outputLimit) {}

    /// For the caller: waits for the end of the command. Throws CommandTimeout, OutputLimitExceeded, SessionLost,
    /// TransportError (the server would not start it), GuestError; after any, the state is abandoned.
    CommandResult wait(Deadline deadline, const std::string& command);

   private:
    friend class CommandChannel;
    enum class End { none, closed, tooMuch, failed, sessionOver };
    const std::size_t outputLimit_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    CommandResult result_;
    End end_ = End::none;
    std::optional<Error> why_;
    bool abandoned_ = false;
};

/// A command that runs over a channel of its own.
class CommandChannel final : public Channel {
   public:
    CommandChannel(std::shared_ptr<CommandState> state, std::string command, std::string input)
        : state_(std::move(state)), command_(std::move(command)), input_(std::move(input)) {}

   private:
    int open(ssh_channel channel) override { return ssh_channel_open_session(channel); }
    void onRefused(unsigned long code, const std::string& text) override;
    std::size_t onData(std::string_view data, bool isStderr) override;
    void onClose() override { closed_ = true; }
    void onExitStatus(int status) override;
    void onExitSignal(const char* signal) override;
    void onRequestAnswered() override { answered_ = true; }
    void progress(IoThread& io, const PollSet& polled) override;
    bool abandoned() const override;
    void onSessionEnd(const Error& why) noexcept override;

    void request(IoThread& io);
    void sendInput(IoThread& io);
    void end(CommandState::End end, std::optional<Error> why = {});

    std::shared_ptr<CommandState> state_;
    std::string command_;
    std::string input_;
    std::size_t sent_ = 0;
    bool asked_ = false, answered_ = false, running_ = false, inputEnded_ = false, closed_ = false, overLimit_ = false;
};

}  // namespace boxtest::ssh
