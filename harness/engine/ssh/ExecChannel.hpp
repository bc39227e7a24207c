#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/Deadline.hpp"
#include "base/Error.hpp"
#include "ssh/Channel.hpp"
#include "ssh/CommandResult.hpp"

namespace boxtest::ssh {

/// The state of one command, shared by a waiting caller and the I/O thread.
class ExecState {
   public:
    enum class End { none, closed, tooMuch, failed, sessionOver };

   protected:
    friend class ExecChannel;
    explicit ExecState(std::size_t outputLimit = 0) : outputLimit_(outputLimit) {}

    /// Called with mutex_ locked: waits until `over` returns true or the deadline has passed.
    template <typename Over>
    void waitUntil(std::unique_lock<std::mutex>& lock, Deadline deadline, Over over) {
        if (deadline.at() == Deadline::Clock::time_point::max()) {
            changed_.wait(lock, over);
        } else {
            changed_.wait_until(lock, deadline.at(), over);
        }
    }
    /// Called with mutex_ locked: abandons the command, and returns its result when the channel has closed. Otherwise throws the
    /// error for its end, in which `what` names the command.
    CommandResult conclude(const std::string& what);

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t outputLimit_;
    CommandResult result_;
    End end_ = End::none;
    std::optional<Error> why_;
    bool abandoned_ = false;
};

/// A channel in which the user's login shell runs a command that is given bytes on its stdin.
class ExecChannel : public Channel {
   protected:
    ExecChannel(std::shared_ptr<ExecState> state, std::string command) : exec_(std::move(state)), command_(std::move(command)) {}

    /// Requests the command and sends the available input as far as possible now; ends the command when the channel has closed.
    void drive(IoThread& io);
    /// Appends bytes to its stdin.
    void addInput(std::string_view bytes) { input_ += bytes; }
    /// Ends its stdin after the appended bytes.
    void endInput() { lastInput_ = true; }
    void end(ExecState::End end, std::optional<Error> why = {});

   private:
    int open(ssh_channel channel) final { return ssh_channel_open_session(channel); }
    void onRefused(unsigned long code, const std::string& text) final;
    void onClose() final { closed_ = true; }
    void onExitStatus(int status) final;
    void onExitSignal(const char* signal) final;
    void onRequestAnswered() final { answered_ = true; }
    bool abandoned() const final;
    void onSessionEnd(const Error& why) noexcept final { end(ExecState::End::sessionOver, why); }
    void request(IoThread& io);
    void sendInput(IoThread& io);

    std::shared_ptr<ExecState> exec_;
    std::string command_;
    std::string input_;
    std::size_t sent_ = 0;
    bool asked_ = false, answered_ = false, running_ = false, closed_ = false;
    bool lastInput_ = false, inputEnded_ = false;
};

}  // namespace boxtest::ssh
