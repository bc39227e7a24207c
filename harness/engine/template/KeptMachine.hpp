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

/// A machine that was stopped and written into a folder: kept.json, state (or state.zst), disk.qcow2, console.log. Its disk lies
/// on its template's and its guest's, and its RAM on its template's, unless it was exported: then the folder has all of it.
struct KeptMachine {
    /// An image below the kept disk that lies in another folder.
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
    std::filesystem::path ram;          ///< The RAM file that it was forked from; empty: all of it is in the state.
    std::optional<FileFacts> ramFacts;  ///< Nothing: the file came with the machine.
    /// Of the state that lies beside that RAM file, with its checksum: no two templates have the same, even if made from the
    /// same.
    std::optional<FileFacts> templateState = {};

    static constexpr auto ramName = "ram";
    static constexpr auto fileName = store::keptFile;
    static constexpr auto stateName = "state";
    static constexpr auto packedStateName = "state.zst";

    /// Throws UsageError naming the file.
    static KeptMachine load(const std::filesystem::path& folder);
    void save() const;

    /// state.zst, or state as long as it is not compressed. Under a lease only: without one the plain state may go away.
    std::filesystem::path state() const;
    std::filesystem::path disk() const { return folder / "disk.qcow2"; }

    /// A shared lease on it. Throws UsageError when it was removed.
    Lease use(Deadline deadline) const;
    /// The same, and on the guest, the template and other kept machines that it stands on.
    std::vector<Lease> useAll(Log& log, const FailureLatch* failure, Deadline deadline) const;

    /// What a fork of it needs, with its leases. Throws UsageError saying what is missing or has changed.
    std::unique_ptr<ForkBase> base(const GuestHooks& hooks, Deadline deadline) const;
};

/// Takes out of a kept machine's state what its RAM file has, and compresses it; harmless when that is done already. Others may
/// resume, export or pack it at the same time: the plain state stays as long as somebody uses the machine. Throws SystemError,
/// UsageError (zstd is missing), TimeoutError.
void compressKept(const std::filesystem::path& folder, Log& log, Deadline deadline, const FailureLatch* failure = nullptr);

/// Removes the plain state of a machine that is packed, unless somebody uses the machine: then it stays for the next time.
void dropPlainState(const std::filesystem::path& folder);

}  // namespace boxtest
