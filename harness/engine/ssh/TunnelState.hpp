#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/TemporaryFolder.hpp"
#include "ssh/RemoteEnd.hpp"

namespace boxtest::ssh {

class IoThread;

/// The local end of a tunnel.
struct LocalEnd {
    std::optional<TemporaryFolder> folder;  ///< The folder of the Unix socket.
    std::filesystem::path socket;           ///< Empty for TCP.
    std::uint16_t port = 0;                 ///< 0 for a Unix socket.
};

/// The state of a tunnel, shared by its owner and the I/O thread. Thread-safe.
class TunnelState {
   public:
    TunnelState(std::weak_ptr<IoThread> io, RemoteEnd remote, LocalEnd local)
        : remote_(std::move(remote)), local_(std::move(local)), io_(std::move(io)) {}

    const RemoteEnd& remote() const { return remote_; }
    const LocalEnd& local() const { return local_; }

    /// For the owner: closes the listening socket and every connection, waits until that is done, and removes the folder.
    void close() noexcept;
    bool closing() const { return closing_; }

    void noteFailure(std::string text);
    std::vector<std::string> failures() const;
    /// The failures since `seen`, which the call advances. If some are no longer stored, a line states how many.
    std::vector<std::string> failuresAfter(std::size_t& seen) const;

    std::size_t connections() const;
    /// Counts one descriptor of the tunnel that an activity of the I/O thread keeps open.
    class Hold {
       public:
        Hold(std::shared_ptr<TunnelState> state, bool connection);
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        ~Hold();

       private:
        std::shared_ptr<TunnelState> state_;
        bool connection_;
    };

   private:
    const RemoteEnd remote_;
    LocalEnd local_;
    const std::weak_ptr<IoThread> io_;
    std::atomic<bool> closing_ = false;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t held_ = 0, connections_ = 0;
    std::deque<std::string> failures_;  ///< the last ones
    std::size_t forgotten_ = 0;         ///< number of failures before those
};

}  // namespace boxtest::ssh
