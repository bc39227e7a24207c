#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "store/Lease.hpp"
#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

class Template;

/// What a fork is made from: a template, or a kept machine.
struct ForkBase {
    MachineSpec spec;
    LaunchOptions launch;  ///< All but the fork's own folder, and what its QEMU inherits.
    std::string templateKey = {};
    std::filesystem::path state = {};           ///< compressed when its name ends in .zst
    std::filesystem::path kept = {};            ///< the kept machine's folder, if it is one
    std::shared_ptr<const Template> from = {};  ///< with its leases
    std::vector<Lease> leases = {};             ///< on a kept machine, and on what it stands on

    const Guest& guest() const { return spec.guest; }
    /// The disk that holds all that the guest has.
    const Disk& disk() const { return launch.disks.front(); }
};

}  // namespace boxtest
