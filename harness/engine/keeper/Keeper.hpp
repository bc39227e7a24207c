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

/// The one process of a user that owns the machine that is up. It tells its status, and ends its machine, on a socket in the
/// runtime folder (keeper.sock, JSON lines: {"command":"status"|"watch"|"down"}); a lock (keeper.lock), held as long as it
/// lives, makes it the only one. The machine itself comes as a function, so that this class knows nothing of QEMU.
class Keeper {
   public:
    /// The machine that a keeper owns, as little as the keeper must know of it.
    class OwnedMachine {
       public:
        virtual ~OwnedMachine() = default;
        virtual const MachineInfo& info() const = 0;
        /// The machine has failed: keep its logs, end QEMU.
        virtual void giveUp() = 0;
    };
    /// Called as soon as QEMU runs: the machine can be told of while it boots.
    using Booting = std::function<void(const MachineInfo& info)>;
    /// Boots a machine that declares the latch when it fails, and that gives up the boot when the latch is declared.
    using Boot = std::function<std::unique_ptr<OwnedMachine>(Log& log, FailureLatch& failure, const Booting& booting)>;

    /// Whether the process that keeps the machine is there for nothing else, or goes on after it.
    enum class Life { endsWithMachine, goesOn };

    /// Throws KeeperBusy, SystemError.
    Keeper(const std::filesystem::path& runtimeFolder, std::filesystem::path guestFolder, Life life = Life::endsWithMachine);
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    ~Keeper() = default;

    /// Boots, keeps the machine until end() or `down`, and ends it; a machine that fails is given up, and only told of from
    /// then on. `ready` is called once it is up. Errors of the boot are thrown; when it was ended meanwhile it returns.
    void keep(const Boot& boot, Log& log, const std::function<void()>& ready);

    /// Ends the machine, even while it boots. Any thread; the first reason stays.
    void end(const std::string& reason) noexcept;
    /// Why it was ended, if it was.
    std::optional<std::string> endReason() const { return ending_.reason(); }

    /// While the guest boots, the end of this socket's other side ends the machine: nobody waits for it any more.
    void holdLeash(int fd);

    KeeperStatus status() const;

    static std::filesystem::path socketIn(const std::filesystem::path& runtimeFolder) { return runtimeFolder / "keeper.sock"; }
    static std::filesystem::path lockIn(const std::filesystem::path& runtimeFolder) { return runtimeFolder / "keeper.lock"; }

   private:
    class StatusLog;

    ControlServer::Reply answer(const std::string& line);
    void change(KeeperState state, const std::string& text, const std::optional<MachineInfo>& machine);

    FileDescriptor lock_;
    mutable std::mutex mutex_;
    KeeperStatus status_;
    FailureLatch ending_;
    FailureLatch machineFailure_;
    ControlServer server_;
};

}  // namespace boxtest
