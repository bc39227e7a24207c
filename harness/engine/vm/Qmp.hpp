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

/// A client of QEMU's machine protocol (docs/interop/qmp-spec in QEMU). One command at a time, from one thread at a time.
/// Every call throws TimeoutError when QEMU is silent until the deadline, TransportError when it hangs up or does not speak
/// QMP, GuestError when the latch is declared (a connection lost because QEMU died gives QEMU's last words).
class Qmp {
   public:
    /// Connects, waits for the greeting and leaves negotiation mode. The latch may be null; it must outlive the object.
    static Qmp connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure = nullptr,
                       const FailureLatch* stopping = nullptr);

    /// Returns what the command returned. Throws QmpError when QEMU refused it.
    nlohmann::json execute(const std::string& command, const nlohmann::json& arguments, Deadline deadline);
    nlohmann::json execute(const std::string& command, Deadline deadline) {
        return execute(command, nlohmann::json::object(), deadline);
    }

    /// A command of the monitor for people; returns its text.
    std::string humanCommand(const std::string& commandLine, Deadline deadline);

    /// Waits until an event of that name has come, takes it and everything before it out of the kept events, returns it.
    nlohmann::json waitForEvent(const std::string& name, Deadline deadline);

    /// The events that came while commands were answered, oldest first; the last thousand are kept.
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
