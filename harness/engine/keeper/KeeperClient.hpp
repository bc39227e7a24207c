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

/// A connection to the keeper of the machine that is up.
class KeeperClient {
   public:
    /// Nothing when no machine is up. What a killed keeper left in the runtime folder is removed then, with a line on the log.
    static std::optional<KeeperClient> connect(const std::filesystem::path& runtimeFolder, Log& log);

    /// Throws TransportError when the keeper is gone, TimeoutError.
    KeeperStatus status(Deadline deadline);

    /// From now on nextChange() tells every change of state.
    KeeperStatus watch(Deadline deadline);
    /// The next status that the keeper tells. Throws TransportError when the keeper is gone.
    KeeperStatus nextChange(Deadline deadline, const FailureLatch* failure = nullptr);
    int fd() const { return socket_.get(); }

    /// What was ended.
    enum class Ended {
        machine,  ///< The keeper, and so QEMU, is gone.
        pause,    ///< A run paused there: it ends the machine itself, and goes on.
    };
    /// Ends the machine. A keeper that does not end by the deadline is killed, and QEMU with it; a run that pauses never: then
    /// TimeoutError. The latch ends the wait, not the machine.
    Ended down(Deadline deadline, const FailureLatch* failure = nullptr);

    pid_t keeperPid() const { return keeperPid_; }

   private:
    KeeperClient(FileDescriptor socket, pid_t keeperPid);
    void ask(const std::string& command, Deadline deadline);
    void waitForPausesEnd(Deadline deadline, const FailureLatch* failure);
    std::string readLine(Deadline deadline, const FailureLatch* failure);

    FileDescriptor socket_;
    FileDescriptor keeper_;  ///< pidfd; empty when the keeper has gone already.
    pid_t keeperPid_;
    LineBuffer received_{std::size_t{16} << 20};
};

}  // namespace boxtest
