#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "vm/QemuSocket.hpp"

namespace boxtest {

/// A client of QEMU's guest agent (docs/interop/qemu-ga-ref in QEMU), on the socket of one machine: what answers here is in that
/// machine. One call at a time. Every call throws TimeoutError when the agent is silent until the deadline (it has not started
/// yet, or the guest is stopped), TransportError when QEMU hangs up or something else answers, GuestError when the latch is
/// declared or the agent refuses.
class GuestAgent {
   public:
    /// Connects to QEMU; says nothing of the guest. The latch may be null; it must outlive the object.
    static GuestAgent connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure = nullptr,
                              const FailureLatch* stopping = nullptr);

    /// Returns when the agent answers what is asked now, and not what somebody asked before (guest-sync-delimited).
    void sync(Deadline deadline);

    /// Sets the guest's clock, and returns what it shows afterwards. The agent sets it and then, in a guest without hwclock, says
    /// that it could not set the hardware's clock: that is no error here.
    std::chrono::system_clock::time_point setTime(std::chrono::system_clock::time_point time, Deadline deadline);
    std::chrono::system_clock::time_point time(Deadline deadline);

    /// Replaces a file in the guest, as root, where the agent's unit lets it.
    void writeFile(const std::string& path, const std::string& text, Deadline deadline);

   private:
    explicit GuestAgent(QemuSocket socket) : socket_(std::move(socket)) {}
    /// What is asked before the last answer came is answered in turn.
    void ask(const std::string& command, const nlohmann::json& arguments, Deadline deadline);
    /// The agent's answer, be it "return" or "error".
    nlohmann::json answer(const std::string& command, Deadline deadline);
    nlohmann::json result(const std::string& command, Deadline deadline);
    std::chrono::system_clock::time_point timeTold(Deadline deadline);
    nlohmann::json call(const std::string& command, const nlohmann::json& arguments, Deadline deadline);

    QemuSocket socket_;
};

}  // namespace boxtest
