#include "vm/LaunchQemu.hpp"

#include <unistd.h>

#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/UnixListener.hpp"
#include "vm/HostTsc.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

namespace {

void makeOverlay(const MachineSpec& spec, const std::filesystem::path& overlay, Deadline deadline, const FailureLatch& failure) {
    const auto& guest = spec.guest;
    const auto& qemu = spec.qemu;
    const auto made = runProgram({qemu.imageTool.string(), "create", "-q", "-f", "qcow2", "-F", guest.boot.diskFormat, "-b",
                                  guest.boot.disk.string(), overlay.string()},
                                 deadline, {.failure = &failure});
    if (!made.succeeded()) {
        throw Error(ErrorKind::system, "cannot make the overlay '" + overlay.string() + "' of '" + guest.boot.disk.string() +
                                           "': " + qemu.imageTool.string() + " " + made.describe());
    }
    // The overlay will contain secrets of the guest.
    files::setPermissions(overlay, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

/// A copy, because starting qemu-img for each fork would take as long as the rest of the fork.
void copyOverlay(const std::filesystem::path& empty, const std::filesystem::path& overlay) {
    std::error_code failed;
    std::filesystem::copy_file(empty, overlay, std::filesystem::copy_options::overwrite_existing, failed);
    if (!failed) {
        std::filesystem::permissions(overlay, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    }
    if (failed) throw SystemError("cannot make the overlay '" + overlay.string() + "'", failed.value());
}

/// A blocking socket: QEMU sets its own blocking mode.
FileDescriptor listenOn(const std::filesystem::path& path) {
    ::unlink(path.c_str());
    return listenUnix(path, 1, 0);
}

}  // namespace

std::filesystem::path qmpSocketIn(const std::filesystem::path& folder) { return folder / "qmp.sock"; }
std::filesystem::path agentSocketIn(const std::filesystem::path& folder) { return folder / "agent.sock"; }
std::filesystem::path lanSocketIn(const std::filesystem::path& folder) { return folder / "lan.sock"; }
std::filesystem::path lanPeerIn(const std::filesystem::path& folder) { return folder / "lan.peer"; }

std::unique_ptr<QemuProcess> launchQemu(const MachineSpec& spec, const LaunchOptions& options, FailureLatch& failure,
                                        Deadline deadline) {
    for (std::size_t i = 0; i < options.disks.size(); ++i) {
        if (const auto& from = options.disks[i].copyOf; from.empty()) {
            makeOverlay(spec, options.overlayOf(i), deadline, failure);
        } else {
            copyOverlay(from, options.overlayOf(i));
        }
    }
    // This process's copies are closed on return: after that the sockets end when QEMU dies.
    const auto qmp = listenOn(qmpSocketIn(options.folder));
    const auto agent = listenOn(agentSocketIn(options.folder));
    auto launch = options;
    launch.inherited.insert(launch.inherited.end(), {qmp.get(), agent.get()});
    if (launch.tscKhz == 0 && !spec.accelerator.kvm) launch.tscKhz = hostTscKhz();
    return std::make_unique<QemuProcess>(
        QemuProcessOptions{.argv = qemuCommand(spec, launch, {.qmp = qmp.get(), .agent = agent.get()}),
                           .keepOpen = launch.inherited,
                           .consoleLog = options.folder / "console.log",
                           .errorLog = options.folder / "qemu.log",
                           .phase = options.incoming ? GuestPhase::running : GuestPhase::booting},
        failure);
}

}  // namespace boxtest
