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

/// The only thread that makes a session's libssh calls. It waits in poll(2) on the session's socket, the activities' descriptors,
/// the machine's latch and a wake-up event. Callers that wait for a result keep their own deadlines, and wake the thread when
/// they give up. Only a silent server is detected by time (SshTarget::keepAlive).
///
/// Any libssh call may handle incoming packets, and so call back into any channel. Callbacks therefore only record events and
/// move data; activities are added and removed between rounds.
class IoThread {
   public:
    /// Creates the session, connected and authenticated. Called in the thread.
    using Connect = std::function<SessionHandle()>;
    struct Options {
        std::string user;
        std::string where;  ///< For messages: "127.0.0.1:22".
        std::chrono::milliseconds keepAlive;
        std::string before = {};  ///< Shell text that is put before each command.
    };
    /// Connects and authenticates. Returns when that is done, or throws the exception of `connect`. The latch must outlive the
    /// object.
    IoThread(Options options, const FailureLatch* failure, const Connect& connect);
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;
    ~IoThread();

    const std::string& user() const { return user_; }
    /// The text that is sent to the server for a command.
    std::string command(const std::string& command) const { return before_ + command; }
    bool alive() const { return !ended_; }

    /// From any thread: passes the activity to the I/O thread. Throws SessionLost or GuestError when the session is over.
    void start(std::shared_ptr<Activity> activity);
    /// From any thread: wakes the I/O thread, so that the activities handle the requests of their owners. Does nothing when the
    /// session is over.
    void wake() noexcept;
    /// From any thread: ends the session, and waits for its end.
    void stop() noexcept;

    /// In the thread: adds an activity that another activity has created.
    void adopt(std::shared_ptr<Activity> activity) { born_.push_back(std::move(activity)); }
    ssh_session session() const { return session_.get(); }
    /// In the thread: something happened that poll(2) did not report; every activity must work again.
    void mark() { marked_ = true; }
    /// In the thread: false once libssh has noticed the end of the connection; sessionEnded() then ends the activities.
    bool connected() const;
    /// In the thread: true while bytes for the server wait for its socket.
    bool congested() const { return (ssh_get_status(session_.get()) & SSH_WRITE_PENDING) != 0; }
    /// In the thread: a buffer for bytes in transit, valid until the next activity works.
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

    // Used only in the thread.
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

/// Rethrows `why` with its type: GuestError or SessionLost.
[[noreturn]] void throwSessionEnd(const Error& why);

}  // namespace boxtest::ssh
