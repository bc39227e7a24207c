#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "store/Lease.hpp"
#include "store/Store.hpp"
#include "template/FileFacts.hpp"
#include "template/ForkBase.hpp"

namespace boxtest {

/// A machine that was stopped and written into a folder: kept.json, state (or state.zst), disk.qcow2, console.log. Its disk is
/// based on its template's disk and its guest's disk, and its RAM on its template's RAM, unless it was exported: then the folder
/// contains everything.
struct KeptMachine {
    /// An image below the kept disk, in another folder.
    struct Support {
        DiskImage image;
        FileFacts facts;
    };

    std::filesystem::path folder;
    std::string scenario;  ///< Suite.Name of the failed scenario; empty if unknown
    std::string reason;    ///< why it failed; empty if unknown
    std::chrono::system_clock::time_point when;
    std::filesystem::path guestFolder;
    std::string templateKey;
    std::string qemuVersion;
    std::string accelerator;
    std::string cpuModel;
    std::vector<Support> support;
    std::filesystem::path ram;          ///< The RAM file that it was forked from; empty: the state contains all RAM.
    std::optional<FileFacts> ramFacts;  ///< nullopt: the file came with the machine.
    /// The facts of the state file beside that RAM file, with its checksum: no two templates have the same state, even if they
    /// are built from the same inputs.
    std::optional<FileFacts> templateState = {};

    static constexpr auto ramName = "ram";
    static constexpr auto fileName = store::keptFile;
    static constexpr auto stateName = "state";
    static constexpr auto packedStateName = "state.zst";

    /// Throws UsageError naming the file.
    static KeptMachine load(const std::filesystem::path& folder);
    void save() const;

    /// state.zst, or state as long as it is not compressed. Call it under a lease only: without one the plain state may be
    /// removed.
    std::filesystem::path state() const;
    std::filesystem::path disk() const { return folder / "disk.qcow2"; }

    /// Takes a shared lease on the machine. Throws UsageError when it was removed.
    Lease use(Deadline deadline) const;
    /// Takes shared leases on the machine, and on the guest, the template and other kept machines that it depends on.
    std::vector<Lease> useAll(Log& log, const FailureLatch* failure, Deadline deadline) const;

    /// Everything that a fork of it needs, with its leases. Throws UsageError naming what is missing or has changed.
    std::unique_ptr<ForkBase> base(const GuestHooks& hooks, Deadline deadline) const;
};

/// Removes the pages that the RAM file contains from a kept machine's state, and compresses the rest; harmless when that is done
/// already. Other processes may resume, export or pack the machine at the same time: the plain state stays as long as the machine
/// is in use. Throws SystemError, UsageError, TimeoutError.
void compressKept(const std::filesystem::path& folder, Log& log, Deadline deadline, const FailureLatch* failure = nullptr);

/// Removes the plain state of a packed machine. Does nothing while the machine is in use: a later call removes the state.
void dropPlainState(const std::filesystem::path& folder);

}  // namespace boxtest
