#include "vm/LaunchQemu.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/UnixAddress.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

namespace {

void makeOverlay(const Guest& guest, const QemuProgram& qemu, const std::filesystem::path& overlay, Deadline deadline,
                 const FailureLatch& failure) {
    const auto made = runProgram({qemu.imageTool.string(), "create", "-q", "-f", "qcow2", "-F", guest.boot.diskFormat, "-b",
                                  guest.boot.disk.string(), overlay.string()},
                                 deadline, {.failure = &failure});
    if (!made.succeeded()) {
        throw Error(ErrorKind::system, "cannot make the overlay '" + overlay.string() + "' of '" + guest.boot.disk.string() +
                                           "': " + qemu.imageTool.string() + " " + made.describe());
    }
    // It will hold what the guest keeps secret.
    files::setPermissions(overlay, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

/// To start qemu-img for each fork would take as long as all the rest.
void copyOverlay(const std::filesystem::path& empty, const std::filesystem::path& overlay) {
    std::error_code failed;
    std::filesystem::copy_file(empty, overlay, std::filesystem::copy_options::overwrite_existing, failed);
    if (!failed) {
        std::filesystem::permissions(overlay, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    }
    if (failed) throw SystemError("cannot make the overlay '" + overlay.string() + "'", failed.value());
}

FileDescriptor listenOn(const std::filesystem::path& path) {
    const UnixAddress address(path);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw SystemError("cannot make a Unix socket", errno);
    ::unlink(path.c_str());
    if (::bind(socket.get(), address.get(), address.size()) != 0 || ::chmod(path.c_str(), 0600) != 0 ||
        ::listen(socket.get(), 1) != 0) {
        throw SystemError("cannot listen on socket '" + path.string() + "'", errno);
    }
    return socket;
}

}  // namespace

std::filesystem::path qmpSocketIn(const std::filesystem::path& folder) { return folder / "qmp.sock"; }
std::filesystem::path agentSocketIn(const std::filesystem::path& folder) { return folder / "agent.sock"; }
std::filesystem::path lanSocketIn(const std::filesystem::path& folder) { return folder / "lan.sock"; }
std::filesystem::path lanPeerIn(const std::filesystem::path& folder) { return folder / "lan.peer"; }

QemuCommandOptions commandOptions(const LaunchOptions& options) {
    return {.kvm = options.kvm,
            .cpuThreads = options.cpuThreads,
            .cpuModel = options.cpuModel,
            .overlay = options.overlay.empty() ? options.folder / "overlay.qcow2" : options.overlay,
            .backing = options.backing,
            .ramUse = options.ramUse,
            .ram = options.ram,
            .incoming = options.incoming,
            .onlyMigratable = options.onlyMigratable,
            .folder = options.folder,
            .appendedToCommandLine = options.appendedToCommandLine};
}

std::unique_ptr<QemuProcess> launchQemu(const Guest& guest, const QemuProgram& qemu, const LaunchOptions& options,
                                        FailureLatch& failure, Deadline deadline) {
    auto command = commandOptions(options);
    if (options.emptyOverlay.empty()) {
        makeOverlay(guest, qemu, command.overlay, deadline, failure);
    } else {
        copyOverlay(options.emptyOverlay, command.overlay);
    }
    // Our copies are closed on return: from then on QEMU's death is the sockets' end.
    const auto qmp = listenOn(qmpSocketIn(options.folder));
    const auto agent = listenOn(agentSocketIn(options.folder));
    command.qmpDescriptor = qmp.get();
    command.agentDescriptor = agent.get();
    auto inherited = options.inherited;
    inherited.insert(inherited.end(), {qmp.get(), agent.get()});
    return std::make_unique<QemuProcess>(
        QemuProcessOptions{.argv = qemuCommand(guest, qemu, command),
                           .keepOpen = std::move(inherited),
                           .consoleLog = options.folder / "console.log",
                           .errorLog = options.folder / "qemu.log",
                           .phase = options.incoming ? GuestPhase::running : GuestPhase::booting},
        failure);
}

}  // namespace boxtest
