#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/Error.hpp"
#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Log.hpp"
#include "keeper/ControlServer.hpp"
#include "keeper/KeeperStatus.hpp"

namespace boxtest {

/// Another keeper already owns a machine, or is starting one.
class KeeperBusy : public UsageError {
   public:
    using UsageError::UsageError;
};

/// Owns the running machine of a user, in the only process that does so. Clients query its status and end its machine through a
/// socket in the runtime folder (keeper.sock, JSON lines: {"command":"status"|"watch"|"down"}). A lock (keeper.lock), held during
/// its lifetime, ensures that it is the only one. A function creates the machine, so that this class does not depend on QEMU.
class Keeper {
   public:
    /// The minimal interface of the machine that a keeper owns.
    class OwnedMachine {
       public:
        virtual ~OwnedMachine() = default;
        virtual const MachineInfo& info() const = 0;
        /// Returns when the guest reboots by itself. Throws when `failure` is declared (as FailureLatch::check()): a machine that
        /// cannot reboot only waits for that.
        virtual void waitForReboot(const FailureLatch& failure);
        /// Called after waitForReboot() has returned: returns when the guest is ready again. Throws GuestError, TimeoutError.
        virtual void comeBack(Log& /*log*/, const FailureLatch& /*failure*/) {}
        /// Called when the machine has failed: keeps its logs and ends QEMU.
        virtual void giveUp() = 0;
    };
    /// Called as soon as QEMU runs, so that the status contains the machine while it boots.
    using Booting = std::function<void(const MachineInfo& info)>;
    /// Boots a machine. The machine declares the latch when it fails; a declared latch cancels the boot.
    using Boot = std::function<std::unique_ptr<OwnedMachine>(Log& log, FailureLatch& failure, const Booting& booting)>;

    /// Whether the process of the keeper ends with the machine, or continues after it.
    enum class Life { endsWithMachine, goesOn };

    /// Throws KeeperBusy, SystemError.
    Keeper(const std::filesystem::path& runtimeFolder, std::filesystem::path guestFolder, Life life = Life::endsWithMachine);
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper() = default;

    /// Boots the machine, keeps it until end() or the command `down`, and ends it. While the guest reboots, the state is
    /// `starting` again; a guest that is not ready after that is left as it is, for its user to look at. When the machine fails,
    /// calls giveUp() and only reports the failure from then on. `ready` is called once the machine is up. Throws the errors of
    /// the boot; returns when the machine was ended during the boot.
    void keep(const Boot& boot, Log& log, const std::function<void()>& ready);

    /// Ends the machine, even while it boots. Thread-safe; the first reason is kept.
    void end(const std::string& reason) noexcept;
    /// The reason that was given to end(), if it was called.
    std::optional<std::string> endReason() const { return ending_.reason(); }

    /// While the guest boots, the machine ends when the other side of the socket `fd` closes it, because the process that started
    /// the machine has ended.
    void holdLeash(int fd);

    KeeperStatus status() const;

    static std::filesystem::path socketIn(const std::filesystem::path& runtimeFolder) { return runtimeFolder / "keeper.sock"; }
    static std::filesystem::path lockIn(const std::filesystem::path& runtimeFolder) { return runtimeFolder / "keeper.lock"; }

   private:
    class StatusLog;

    ControlServer::Reply answer(const std::string& line);
    void change(KeeperState state, const std::string& text, const std::optional<MachineInfo>& machine);
    /// One reboot of the guest, from its beginning to its end. Declares the machine's failure instead of throwing.
    void attendReboot(OwnedMachine& machine, Log& log) noexcept;

    FileDescriptor lock_;
    mutable std::mutex mutex_;
    KeeperStatus status_;
    FailureLatch ending_;
    FailureLatch machineFailure_;
    ControlServer server_;
};

}  // namespace boxtest
