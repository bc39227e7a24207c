#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "guest/Manifest.hpp"
#include "store/Lease.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuCommand.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

class Template;

/// What a fork is made from: a template, or a kept machine.
struct ForkBase {
    Manifest manifest;
    QemuProgram qemu;
    Accelerator accelerator;
    std::string cpuModel;
    CpuThreads cpuThreads = CpuThreads::oneEach;
    std::string templateKey;
    std::filesystem::path emptyOverlay;
    std::vector<DiskImage> backing;             ///< the frozen disk and what it lies on, the base last
    std::filesystem::path ram = {};             ///< empty: in the state
    std::filesystem::path state;                ///< compressed when its name ends in .zst
    std::filesystem::path kept = {};            ///< the kept machine's folder, if it is one
    std::shared_ptr<const Template> from = {};  ///< with its leases
    std::vector<Lease> leases = {};             ///< on a kept machine, and on what it stands on
};

}  // namespace boxtest
