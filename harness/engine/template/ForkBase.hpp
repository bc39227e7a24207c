#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/Error.hpp"
#include "store/Lease.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

class Template;

/// The base of a fork: a template, or a kept machine.
struct ForkBase {
    MachineSpec spec;
    LaunchOptions launch;  ///< All except the fork's own folder and the descriptors that its QEMU inherits.
    std::string templateKey = {};
    std::filesystem::path state = {};           ///< compressed when its name ends in .zst
    std::filesystem::path kept = {};            ///< the kept machine's folder, if it is one
    std::shared_ptr<const Template> from = {};  ///< holds its leases
    std::vector<Lease> leases = {};             ///< on a kept machine and its dependencies

    const Guest& guest() const { return spec.guest; }
    /// The disk that holds all data of the guest.
    const Disk& disk() const { return launch.disks.front(); }
    /// disk(), for callers that store it: a kept machine and a template store only one disk. Throws UsageError when there is a
    /// second disk, instead of leaving it out.
    const Disk& onlyDisk() const {
        if (launch.disks.size() > 1)
            throw UsageError(
                fmt::format("a machine with {} disks cannot be stored: only its first disk would be", launch.disks.size()));
        return disk();
    }
};

}  // namespace boxtest
