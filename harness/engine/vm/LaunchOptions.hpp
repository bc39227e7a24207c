#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace boxtest {

/// One image in a chain of disk images.
struct DiskImage {
    std::filesystem::path file;
    std::string format;  ///< "raw" or "qcow2"
};

/// A disk of a machine: its own overlay, and the images below it.
struct Disk {
    std::filesystem::path overlay = {};  ///< qcow2, created when QEMU is started; empty: in the machine's folder
    /// A qcow2 image, empty or not, that is copied as the overlay. Empty path: a new overlay on the guest's own disk is created.
    std::filesystem::path copyOf = {};
    std::vector<DiskImage> backing = {};  ///< images below the overlay, base last; empty: those recorded in the overlay
};

/// Where the guest's RAM is.
enum class RamUse {
    anonymous,  ///< private to this QEMU, lost when it ends
    written,    ///< in the file, so that other machines can start from it
    forked,     ///< copy-on-write: starts with the file's content; writes of the guest stay in this QEMU
};

/// The number of host threads on which TCG runs the guest's CPUs. KVM always has one for each CPU.
enum class CpuThreads {
    oneEach,  ///< The guest may use as many cores of the host as it has CPUs.
    /// All CPUs share one thread: at most one core, and less work in total, because no operation has to be atomic.
    oneForAll,
};

/// How one QEMU is started; MachineSpec describes what it runs.
struct LaunchOptions {
    std::filesystem::path folder = {};  ///< receives console.log, qemu.log, overlay.qcow2, qmp.sock, agent.sock, lan.sock
    CpuThreads cpuThreads = CpuThreads::oneEach;
    RamUse ramUse = RamUse::anonymous;
    std::filesystem::path ram = {};          ///< a file as large as the guest's RAM
    std::vector<Disk> disks = {Disk{}};      ///< the first is the guest's own disk
    bool incoming = false;                   ///< Starts stopped, and waits for a state (QMP migrate-incoming).
    bool onlyMigratable = false;             ///< Refuses to start with a device that cannot be frozen.
    std::string appendedToCommandLine = {};  ///< kernel parameters after the guest's own
    /// The frequency of the guest's TSC in kHz, for its kernel; 0: the kernel measures it. For x86-64 guests without KVM.
    std::uint32_t tscKhz = 0;
    std::vector<int> inherited = {};  ///< further descriptors that QEMU inherits, under the same numbers

    /// The path of a disk's overlay.
    std::filesystem::path overlayOf(std::size_t disk) const {
        if (!disks[disk].overlay.empty()) return disks[disk].overlay;
        return folder / (disk == 0 ? "overlay.qcow2" : "overlay-" + std::to_string(disk + 1) + ".qcow2");
    }
};

}  // namespace boxtest
