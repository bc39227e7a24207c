#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/Deadline.hpp"
#include "ssh/Channel.hpp"
#include "ssh/RemoteEnd.hpp"
#include "ssh/TcpAnswer.hpp"

namespace boxtest::ssh {

/// The state of one probe, shared by a waiting caller and the I/O thread.
class ProbeState {
   public:
    /// `enough` bytes end the probe; 0: it ends when the server has answered.
    explicit ProbeState(std::size_t enough) : enough_(enough) {}

    /// For the caller: waits for the result. Throws TimeoutError when the server has not even answered, GuestError when the
    /// machine's latch ended the session. A lost session gives the answer "gone".
    TcpProbe wait(Deadline deadline, const std::string& what);

   private:
    friend class ProbeChannel;
    const std::size_t enough_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    TcpProbe result_;
    bool answered_ = false, done_ = false, abandoned_ = false;
    std::optional<Error> why_;
};

/// Opens a connection in the guest, sends some bytes and stores the bytes that come back.
class ProbeChannel final : public Channel {
   public:
    ProbeChannel(std::shared_ptr<ProbeState> state, RemoteEnd remote, std::string payload)
        : state_(std::move(state)), remote_(std::move(remote)), payload_(std::move(payload)) {}

   private:
    int open(ssh_channel channel) override { return remote_.open(channel); }
    void onOpen() override;
    void onRefused(unsigned long code, const std::string& text) override;
    std::size_t onData(std::string_view data, bool isStderr) override;
    void onEof() override { ended(); }
    void onClose() override { ended(); }
    void progress(IoThread& io, const PollSet& polled) override;
    bool abandoned() const override;
    void onSessionEnd(const Error& why) noexcept override;
    void ended();

    std::shared_ptr<ProbeState> state_;
    RemoteEnd remote_;
    std::string payload_;
};

}  // namespace boxtest::ssh
