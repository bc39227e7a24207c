#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "ssh/Activity.hpp"
#include "ssh/LibsshHandles.hpp"

namespace boxtest::ssh {

/// The one thread that a session's libssh calls happen in. It waits in poll(2) on the session's socket, the activities'
/// descriptors, the machine's latch and a wake-up event: whoever waits for a result keeps the deadline, and tells the thread
/// when it gives up. Only a server that has fallen silent is noticed by time (SshTarget::keepAlive).
///
/// libssh's calls may handle incoming packets and so call back into any channel: callbacks only note what happened and move
/// data; activities come and go between rounds.
class IoThread {
   public:
    /// What a session is made by, in the thread: connected and authenticated.
    using Connect = std::function<SessionHandle()>;
    struct Options {
        std::string user;
        std::string where;  ///< For messages: "127.0.0.1:22".
        std::chrono::milliseconds keepAlive;
        std::string before = {};  ///< Shell text that is put before each command.
    };
    /// Connects and authenticates; returns when that is done, or throws what `connect` throws. The latch must outlive the object.
    IoThread(Options options, const FailureLatch* failure, const Connect& connect);
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread();

    const std::string& user() const { return user_; }
    /// What is sent for a command.
    std::string command(const std::string& command) const { return before_ + command; }
    bool alive() const { return !ended_; }

    /// From any thread: makes the activity the I/O thread's. Throws SessionLost or GuestError when the session is over.
    void start(std::shared_ptr<Activity> activity);
    /// From any thread: has the activities look at what their owners asked for. Does nothing when the session is over.
    void wake() noexcept;
    /// From any thread: ends the session and waits for that.
    void stop() noexcept;

    /// In the thread: an activity born of another.
    void adopt(std::shared_ptr<Activity> activity) { born_.push_back(std::move(activity)); }
    ssh_session session() const { return session_.get(); }
    /// In the thread: something happened beyond what poll told; every activity is asked to work again.
    void mark() { marked_ = true; }
    /// In the thread: false once libssh has noticed the end of the connection; activities then leave it to sessionEnded().
    bool connected() const;
    /// In the thread: whether bytes for the server still wait for its socket.
    bool congested() const { return (ssh_get_status(session_.get()) & SSH_WRITE_PENDING) != 0; }
    /// In the thread: room for bytes on their way through; good until the next activity's turn.
    std::span<char> scratch() { return scratch_; }

   private:
    void run(std::promise<void> connected, const Connect& connect);
    void loop();
    void pollOnce();
    void handlePackets();
    void workRound();
    void drainWakeUp();
    void keepAlive(bool heard);
    void ask();
    void checkConnected() const;
    [[noreturn]] void throwLost() const;
    void end(const Error& why) noexcept;

    std::string user_;
    std::string name_;
    std::string before_;
    const FailureLatch* failure_;
    Event wakeUp_;
    std::atomic<bool> ended_ = false;
    std::atomic<bool> stopping_ = false;

    std::mutex mutex_;  // guards started_ and why_
    std::vector<std::shared_ptr<Activity>> started_;
    std::optional<Error> why_;

    // The thread's own.
    SessionHandle session_;
    EventHandle event_;
    PollSet polled_;
    std::vector<std::shared_ptr<Activity>> activities_;
    std::vector<std::shared_ptr<Activity>> born_;
    bool marked_ = false;
    const std::chrono::milliseconds keepAliveInterval_;
    Deadline keepAliveAt_ = Deadline::never();
    int unanswered_ = 0;
    bool asking_ = false;
    std::vector<char> scratch_ = std::vector<char>(std::size_t{64} << 10);
    std::thread thread_;
};

/// Throws an error of the same type as `why` had: GuestError or SessionLost.
[[noreturn]] void throwSessionEnd(const Error& why);

}  // namespace boxtest::ssh
