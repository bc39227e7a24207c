#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace boxtest {

/// One image of a chain of disks.
struct DiskImage {
    std::filesystem::path file;
    std::string format;  ///< "raw" or "qcow2"
};

/// A disk of a machine: an overlay of its own, and what that lies on.
struct Disk {
    std::filesystem::path overlay = {};  ///< qcow2, made when QEMU is launched; empty: in the machine's folder
    /// A qcow2 image that the overlay is a copy of, empty or not. Without it the overlay is made anew, on the guest's own disk.
    std::filesystem::path copyOf = {};
    std::vector<DiskImage> backing = {};  ///< what the overlay lies on, the base last; empty: what the overlay itself says
};

/// Where the guest's RAM is.
enum class RamUse {
    anonymous,  ///< of this QEMU alone, gone with it
    written,    ///< in the file, so that others can start from it
    forked,     ///< as the file says at first; what the guest writes stays in this QEMU
};

/// On how many threads of the host TCG runs the guest's CPUs. KVM has one for each, always.
enum class CpuThreads {
    oneEach,  ///< The guest may use as many cores of the host as it has CPUs.
    /// They take turns on one: no more than one core, and less work in all, since nothing has to be atomic.
    oneForAll,
};

/// How one QEMU is started, beside what it runs (MachineSpec).
struct LaunchOptions {
    std::filesystem::path folder = {};  ///< gets console.log, qemu.log, overlay.qcow2, qmp.sock, agent.sock, lan.sock
    CpuThreads cpuThreads = CpuThreads::oneEach;
    RamUse ramUse = RamUse::anonymous;
    std::filesystem::path ram = {};          ///< a file of the guest's size
    std::vector<Disk> disks = {Disk{}};      ///< the first one is the guest's own
    bool incoming = false;                   ///< Starts stopped, and waits for a state (QMP migrate-incoming).
    bool onlyMigratable = false;             ///< Refuses to start with what could not be frozen.
    std::string appendedToCommandLine = {};  ///< kernel parameters after the guest's own
    std::vector<int> inherited = {};         ///< more descriptors that QEMU inherits under their numbers

    /// Where the overlay of a disk is.
    std::filesystem::path overlayOf(std::size_t disk) const {
        if (!disks[disk].overlay.empty()) return disks[disk].overlay;
        return folder / (disk == 0 ? "overlay.qcow2" : "overlay-" + std::to_string(disk + 1) + ".qcow2");
    }
};

}  // namespace boxtest
