#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/LineBuffer.hpp"
#include "base/Log.hpp"
#include "keeper/KeeperStatus.hpp"

namespace boxtest {

/// A connection to the keeper of the running machine.
class KeeperClient {
   public:
    /// Returns nullopt when no machine is up. Then also removes the socket that a killed keeper left in the runtime folder, with
    /// a line on the log.
    static std::optional<KeeperClient> connect(const std::filesystem::path& runtimeFolder, Log& log);

    /// Throws TransportError when the keeper is gone, TimeoutError.
    KeeperStatus status(Deadline deadline);

    /// Subscribes: from now on nextChange() returns every change of state. Returns the current status.
    KeeperStatus watch(Deadline deadline);
    /// Waits for the next status that the keeper sends. Throws TransportError when the keeper is gone.
    KeeperStatus nextChange(Deadline deadline, const FailureLatch* failure = nullptr);
    int fd() const { return socket_.get(); }

    /// What down() ended.
    enum class Ended {
        machine,  ///< The keeper has ended, and QEMU with it.
        pause,    ///< The keeper was a paused run: it ends the machine itself, and continues.
    };
    /// Ends the machine. A keeper that does not end by the deadline is killed, and QEMU with it. A paused run is never killed:
    /// TimeoutError is thrown instead. The latch ends the wait, not the machine.
    Ended down(Deadline deadline, const FailureLatch* failure = nullptr);

    pid_t keeperPid() const { return keeperPid_; }

   private:
    KeeperClient(FileDescriptor socket, pid_t keeperPid);
    void ask(const std::string& command, Deadline deadline);
    void waitForPausesEnd(Deadline deadline, const FailureLatch* failure);
    std::string readLine(Deadline deadline, const FailureLatch* failure);

    FileDescriptor socket_;
    FileDescriptor keeper_;  ///< pidfd; empty when the keeper has ended already.
    pid_t keeperPid_;
    LineBuffer received_{std::size_t{16} << 20};
};

}  // namespace boxtest
