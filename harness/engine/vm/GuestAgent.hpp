#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "vm/QemuSocket.hpp"

namespace boxtest {

/// A client of QEMU's guest agent (docs/interop/qemu-ga-ref in QEMU), on the socket of one machine: answers come from that
/// machine only. One call at a time. Every call throws TimeoutError when the agent does not answer by the deadline (it has not
/// started yet, or the guest is stopped), TransportError when QEMU closes the connection or the answer is invalid, GuestError
/// when the latch is declared or the agent refuses.
class GuestAgent {
   public:
    /// Connects to QEMU; success does not mean that the agent runs. The latch may be null; it must outlive the object.
    static GuestAgent connect(const std::filesystem::path& socket, Deadline deadline, const FailureLatch* failure = nullptr,
                              const FailureLatch* stopping = nullptr);

    /// Returns when the agent answers this request; late answers to earlier requests are skipped (guest-sync-delimited).
    void sync(Deadline deadline);

    /// Sets the guest's clock, and returns its time afterwards. In a guest without hwclock the agent sets the clock, and then
    /// reports that it could not set the hardware clock: that is not an error here.
    std::chrono::system_clock::time_point setTime(std::chrono::system_clock::time_point time, Deadline deadline);
    std::chrono::system_clock::time_point time(Deadline deadline);

    /// Replaces a file in the guest, as root, where the agent's systemd unit permits it.
    void writeFile(const std::string& path, const std::string& text, Deadline deadline);

   private:
    explicit GuestAgent(QemuSocket socket) : socket_(std::move(socket)) {}
    /// Sends a request. Further requests may be sent before the answer is read; the answers come in the same order.
    void ask(const std::string& command, const nlohmann::json& arguments, Deadline deadline);
    /// The agent's answer, with "return" or "error".
    nlohmann::json answer(const std::string& command, Deadline deadline);
    nlohmann::json result(const std::string& command, Deadline deadline);
    std::chrono::system_clock::time_point timeTold(Deadline deadline);
    nlohmann::json call(const std::string& command, const nlohmann::json& arguments, Deadline deadline);

    QemuSocket socket_;
};

}  // namespace boxtest
