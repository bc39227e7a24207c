#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "machine/GuestHooks.hpp"

namespace boxtest {

/// A machine of one's own, under the engine: the echo box, which sends back what is written to a Unix socket of it.
/// ci/tiny-guest/build builds it; docs/another-box.md explains this class.
class EchoBox final : public GuestHooks {
   public:
    /// What guest.json says of the box beside what the engine must know.
    struct Description {
        Guest guest;
        std::string echoSocket;

        /// Throws UsageError naming the file and what is wrong with it.
        static Description load(const std::filesystem::path& folder);
    };

    Guest load(const std::filesystem::path& folder) const override { return Description::load(folder).guest; }

    /// Ready: the admin gets in, and the socket is there.
    void waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                        Deadline deadline) const override;
    /// Warm: a text was sent back once.
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
