#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "guest/Guest.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// One image of a chain of disks.
struct DiskImage {
    std::filesystem::path file;
    std::string format;  ///< "raw" or "qcow2"
};

/// Where the guest's RAM is.
enum class RamUse {
    anonymous,  ///< of this QEMU alone, gone with it
    written,    ///< in the file, so that others can start from it
    forked,     ///< as the file says at first; what the guest writes stays in this QEMU
};

/// The id of the memory backend that is all of the guest's RAM.
constexpr auto ramBackend = "mem";

/// On how many threads of the host TCG runs the guest's CPUs. KVM has one for each, always.
enum class CpuThreads {
    oneEach,  ///< The guest may use as many cores of the host as it has CPUs.
    /// They take turns on one: no more than one core, and less work in all, since nothing has to be atomic.
    oneForAll,
};

struct QemuCommandOptions {
    bool kvm = false;
    CpuThreads cpuThreads = CpuThreads::oneEach;
    std::string cpuModel = {};            ///< as -cpu takes it; empty: defaultCpuModel()
    std::filesystem::path overlay = {};   ///< qcow2
    std::vector<DiskImage> backing = {};  ///< what the overlay lies on, the base last; empty: what the overlay itself says
    RamUse ramUse = RamUse::anonymous;
    std::filesystem::path ram = {};          ///< of the guest's size
    bool incoming = false;                   ///< Starts stopped, and waits for a state (QMP migrate-incoming).
    bool onlyMigratable = false;             ///< Refuses to start with what could not be frozen.
    int qmpDescriptor = -1;                  ///< listening Unix socket that QEMU inherits
    int agentDescriptor = -1;                ///< the same, for the guest's agent
    std::filesystem::path folder = {};       ///< of the second network card's sockets: lan.sock, and lan.peer on the other side
    std::string appendedToCommandLine = {};  ///< kernel parameters after the guest's own
};

/// The argument vector that starts the guest: its first serial port on stdout, QMP on the inherited socket, a user-mode network
/// that reaches nothing but the three forwarded ports (ssh, http, https), each on a port of 127.0.0.1 that the kernel chooses.
/// A second network card sends to a socket that is not there until somebody puts it there. The devices are the same for every
/// use, so that a state that was frozen under one fits another. Depends on nothing but its arguments.
std::vector<std::string> qemuCommand(const Guest& guest, const QemuProgram& qemu, const QemuCommandOptions& options);

/// The CPU of a guest that asks for none: all that the accelerator has, so "max". But TCG emulates AVX by so many instructions
/// that what chooses it because it is there (OpenSSL's SHA-512, and so every hash of a password) takes twice as long as without.
std::string defaultCpuModel(const std::string& architecture, bool kvm);

/// A value inside a QEMU option: its commas doubled, as qemu(1) asks.
std::string qemuOptionValue(const std::string& value);

}  // namespace boxtest
