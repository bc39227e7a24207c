#pragma once

#include "machine/GuestHooks.hpp"

namespace boxtest {

/// The engine's hooks for guests that are an Odoo Box, implemented with the manifest, Readiness and warmUp().
class BoxHooks final : public GuestHooks {
   public:
    Guest load(const std::filesystem::path& folder) const override;
    void waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                        Deadline deadline) const override;
    void warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                Deadline deadline) const override;
    int warmUpVersion() const override;
    std::vector<std::string> steps() const override;
    void carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                  const FailureLatch& failure, Deadline deadline) const override;
    void copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                         const std::string& disk) const override;
};

/// The shared instance, for all code that boots or forks such guests. It has no state.
const BoxHooks& boxHooks();

}  // namespace boxtest
