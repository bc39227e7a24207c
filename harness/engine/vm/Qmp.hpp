#pragma once

#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "vm/QemuSocket.hpp"
#include "vm/QmpError.hpp"

namespace boxtest {

/// A client of QEMU's machine protocol (docs/interop/qmp-spec in QEMU). One command at a time, from one thread at a time. Every
/// call throws TimeoutError when QEMU does not answer by the deadline, TransportError when it closes the connection or does not
/// speak QMP, GuestError when the latch is declared (with QEMU's last words, when the connection was lost because QEMU died).
class Qmp {
   public:
    /// Connects, waits for the greeting and leaves negotiation mode. The latch may be null; it must outlive the object.
    static Qmp connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure = nullptr,
                       const FailureLatch* stopping = nullptr);

    /// Runs a command and returns its result. Throws QmpError when QEMU refused it.
    nlohmann::json execute(const std::string& command, const nlohmann::json& arguments, Deadline deadline);
    nlohmann::json execute(const std::string& command, Deadline deadline) {
        return execute(command, nlohmann::json::object(), deadline);
    }

    /// Runs a command of the human monitor; returns its text.
    std::string humanCommand(const std::string& commandLine, Deadline deadline);

    /// Waits for an event of that name and returns it. Removes it and all earlier events from the stored ones.
    nlohmann::json waitForEvent(const std::string& name, Deadline deadline);

    /// Removes and returns the events that were received during commands, oldest first; the last thousand are stored.
    std::vector<nlohmann::json> takeEvents();

   private:
    explicit Qmp(QemuSocket socket) : socket_(std::move(socket)) {}
    nlohmann::json receive(Deadline deadline, const std::string& waitedFor);
    void keepEvent(nlohmann::json event);

    QemuSocket socket_;
    std::deque<nlohmann::json> events_;
    unsigned long lastId_ = 0;
};

}  // namespace boxtest
