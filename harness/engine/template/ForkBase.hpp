#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "guest/Guest.hpp"
#include "store/Lease.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuCommand.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

class Template;

/// What a fork is made from: a template, or a kept machine.
struct ForkBase {
    Guest guest;
    QemuProgram qemu;
    Accelerator accelerator;
    std::string cpuModel;
    CpuThreads cpuThreads = CpuThreads::oneEach;
    std::string templateKey;
    std::filesystem::path emptyOverlay;         ///< copied to be the fork's disk
    std::filesystem::path disk = {};            ///< the copy; empty: in the fork's own folder
    std::vector<DiskImage> backing;             ///< what the fork's disk lies on: the frozen disk, then what that lies on
    std::filesystem::path ram = {};             ///< empty: in the state
    RamUse ramUse = RamUse::forked;             ///< of that file
    std::filesystem::path state;                ///< compressed when its name ends in .zst
    std::filesystem::path kept = {};            ///< the kept machine's folder, if it is one
    std::shared_ptr<const Template> from = {};  ///< with its leases
    std::vector<Lease> leases = {};             ///< on a kept machine, and on what it stands on
};

}  // namespace boxtest
