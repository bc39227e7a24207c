#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "machine/GuestHooks.hpp"

namespace boxtest {

/// Example of a custom machine for the engine: the echo box, which sends back everything that is written to its Unix socket.
/// ci/tiny-guest/build builds it; docs/another-box.md explains this class.
class EchoBox final : public GuestHooks {
   public:
    /// Contents of guest.json: the engine's part, and the part specific to the box.
    struct Description {
        Guest guest;
        std::string echoSocket;

        /// Throws UsageError naming the file and its error.
        static Description load(const std::filesystem::path& folder);
    };

    Guest load(const std::filesystem::path& folder) const override { return Description::load(folder).guest; }

    /// Ready: the admin can log in, and the socket exists.
    void waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                        Deadline deadline) const override;
    /// Warm: the box has sent back one text.
    void warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                Deadline deadline) const override;
    int warmUpVersion() const override { return 1; }

    /// "reboot" only.
    std::vector<std::string> steps() const override;
    void carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                  const FailureLatch& failure, Deadline deadline) const override;

    void copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                         const std::string& disk) const override;
};

}  // namespace boxtest
