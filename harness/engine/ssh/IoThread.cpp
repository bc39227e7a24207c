#include "ssh/IoThread.hpp"

#include <fmt/format.h>
#include <libssh/callbacks.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

#include "ssh/SshError.hpp"

namespace boxtest::ssh {

namespace {

constexpr std::size_t sessionSlot = 0;
constexpr int mostUnanswered = 5;

}  // namespace

void throwSessionEnd(const Error& why) {
    FailureLatch::throwAgain(why);
    throw SessionLost(why.what());
}

IoThread::IoThread(Options options, const FailureLatch* failure, const Connect& connect)
    : user_(std::move(options.user)),
      name_(fmt::format("the SSH session of '{}' at {}", user_, options.where)),
      before_(std::move(options.before)),
      failure_(failure),
      keepAliveInterval_(options.keepAlive) {
    std::promise<void> connected;
    auto result = connected.get_future();
    // The reference `connect` is valid until the promise is fulfilled. The thread owns the promise, because it still uses the
    // promise at that moment.
    thread_ = std::thread([this, &connect, promise = std::move(connected)]() mutable { run(std::move(promise), connect); });
    try {
        result.get();
    } catch (...) {
        thread_.join();
        throw;
    }
}

IoThread::~IoThread() { stop(); }

void IoThread::stop() noexcept {
    stopping_ = true;
    wake();
    if (thread_.joinable()) thread_.join();
}

void IoThread::start(std::shared_ptr<Activity> activity) {
    {
        const std::lock_guard lock(mutex_);
        if (why_) throwSessionEnd(*why_);
        started_.push_back(std::move(activity));
    }
    wake();
}

void IoThread::wake() noexcept { wakeUp_.set(); }

void IoThread::run(std::promise<void> connected, const Connect& connect) {
    // Only the program's other threads handle signals.
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    try {
        session_ = connect();
        event_.reset(ssh_event_new());
        if (!event_ || ssh_event_add_session(event_.get(), session_.get()) != SSH_OK)
            throw Error(ErrorKind::system, "cannot watch an SSH session: out of memory");
    } catch (...) {
        event_.reset();
        session_.reset();
        ended_ = true;
        connected.set_exception(std::current_exception());
        return;
    }
    connected.set_value();
    try {
        loop();
        end(SessionLost(name_ + " was closed"));
    } catch (const Error& error) {
        end(error);
    } catch (const std::exception& error) {
        end(SessionLost(fmt::format("{} failed: {}", name_, error.what())));
    }
}

void IoThread::loop() {
    keepAliveAt_ = Deadline::in(keepAliveInterval_);
    while (!stopping_) {
        pollOnce();
        handlePackets();
        // work() may handle packets, and so create more work for activities that have worked already.
        for (int round = 0; round == 0 || (marked_ && round < 4); ++round) {
            marked_ = false;
            workRound();
            polled_.forget();
        }
        checkConnected();
    }
}

void IoThread::pollOnce() {
    polled_.clear();
    const int flags = ssh_get_poll_flags(session_.get());
    polled_.add(ssh_get_fd(session_.get()), static_cast<short>(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0)));
    const auto wakeUp = polled_.add(wakeUp_.fd(), POLLIN);
    const auto latch = failure_ ? polled_.add(failure_->fd(), POLLIN) : PollSet::none;
    for (const auto& activity : activities_) activity->collect(polled_);
    polled_.wakeBy(keepAliveAt_);
    if (::poll(polled_.data(), polled_.size(), marked_ ? 0 : polled_.timeout()) < 0) {
        if (errno != EINTR) throw SystemError("cannot poll", errno);
        polled_.forget();
        return;
    }
    if (polled_.happened(latch) != 0) failure_->check();
    if (polled_.happened(wakeUp) != 0) drainWakeUp();
    keepAlive(polled_.happened(sessionSlot) != 0);
}

void IoThread::keepAlive(bool heard) {
    if (heard) {
        unanswered_ = 0;
        keepAliveAt_ = Deadline::in(keepAliveInterval_);
    }
    if (!keepAliveAt_.expired()) return;
    if (unanswered_ == mostUnanswered)
        throw SessionLost(
            fmt::format("{} was lost: the server has not answered for {} s", name_,
                        std::chrono::round<std::chrono::seconds>(keepAliveInterval_ * (mostUnanswered + 1)).count()));
    ++unanswered_;
    keepAliveAt_ = Deadline::in(keepAliveInterval_);
    ask();
    mark();
}

/// Sends the only request of libssh's public interface that a server must answer and that changes nothing: to cancel a forwarding
/// that does not exist. On a non-blocking session the call only sends. The answer, a refusal, is a packet like any other; the
/// next call consumes it instead of sending again.
void IoThread::ask() {
    const auto request = [this] { return ssh_channel_cancel_forward(session_.get(), "localhost", 1); };
    int rc = request();
    if (asking_ && rc != SSH_AGAIN) rc = request();
    asking_ = rc == SSH_AGAIN;
}

void IoThread::drainWakeUp() {
    wakeUp_.clear();
    const std::lock_guard lock(mutex_);
    std::move(started_.begin(), started_.end(), std::back_inserter(activities_));
    started_.clear();
}

void IoThread::handlePackets() {
    if (polled_.happened(sessionSlot) == 0) return;
    // libssh reads 4 KiB at a time: several reads in a row save whole rounds when much data arrives.
    for (int i = 0; i < 64; ++i) {
        const int rc = ssh_event_dopoll(event_.get(), 0);
        if (rc == SSH_ERROR) throwLost();
        if (rc == SSH_AGAIN || !ssh_is_connected(session_.get())) return;
    }
    mark();
}

void IoThread::workRound() {
    for (const auto& activity : activities_) activity->work(*this, polled_);
    std::erase_if(activities_, [](const auto& activity) { return activity->finished(); });
    if (born_.empty()) return;
    std::move(born_.begin(), born_.end(), std::back_inserter(activities_));
    born_.clear();
    mark();
}

bool IoThread::connected() const {
    return (ssh_get_status(session_.get()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0 && ssh_is_connected(session_.get()) != 0;
}

void IoThread::checkConnected() const {
    if (!connected()) throwLost();
}

void IoThread::throwLost() const { throw SessionLost(fmt::format("{} was lost: {}", name_, ssh_get_error(session_.get()))); }

void IoThread::end(const Error& why) noexcept {
    {
        const std::lock_guard lock(mutex_);
        why_ = why;
        ended_ = true;
        std::move(started_.begin(), started_.end(), std::back_inserter(activities_));
        started_.clear();
    }
    std::move(born_.begin(), born_.end(), std::back_inserter(activities_));
    born_.clear();
    for (const auto& activity : activities_) activity->sessionEnded(why);
    activities_.clear();
    event_.reset();
    session_.reset();
}

}  // namespace boxtest::ssh
