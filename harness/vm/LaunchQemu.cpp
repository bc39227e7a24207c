#include "vm/LaunchQemu.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

namespace {

void makeOverlay(const Manifest& manifest, const QemuProgram& qemu, const std::filesystem::path& overlay, Deadline deadline,
                 const FailureLatch& failure) {
    const auto made = runProgram({qemu.imageTool.string(), "create", "-q", "-f", "qcow2", "-F", manifest.boot.diskFormat, "-b",
                                  manifest.boot.disk.string(), overlay.string()},
                                 deadline, {.failure = &failure});
    if (!made.succeeded()) {
        throw Error(ErrorKind::system, "cannot make the overlay '" + overlay.string() + "' of '" + manifest.boot.disk.string() +
                                           "': " + qemu.imageTool.string() + " " + made.describe());
    }
    // It will hold what the guest keeps secret.
    std::filesystem::permissions(overlay, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

FileDescriptor listenOn(const std::filesystem::path& path) {
    const std::string attempted = "cannot listen on socket '" + path.string() + "'";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) throw SystemError(attempted, ENAMETOOLONG);
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) throw SystemError("cannot make a Unix socket", errno);
    ::unlink(path.c_str());
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), 1) != 0) {
        throw SystemError(attempted, errno);
    }
    return socket;
}

}  // namespace

std::filesystem::path qmpSocketIn(const std::filesystem::path& folder) { return folder / "qmp.sock"; }

std::unique_ptr<QemuProcess> launchQemu(const Manifest& manifest, const QemuProgram& qemu, const LaunchOptions& options,
                                        FailureLatch& failure, Deadline deadline) {
    const auto overlay = options.folder / "overlay.qcow2";
    makeOverlay(manifest, qemu, overlay, deadline, failure);
    // Our copy is closed on return: from then on QEMU's death is the socket's end.
    const auto listening = listenOn(qmpSocketIn(options.folder));
    auto argv = qemuCommand(manifest, qemu,
                            {.kvm = options.kvm,
                             .overlay = overlay,
                             .qmpDescriptor = listening.get(),
                             .appendedToCommandLine = options.appendedToCommandLine});
    return std::make_unique<QemuProcess>(QemuProcessOptions{.argv = std::move(argv),
                                                            .keepOpen = {listening.get()},
                                                            .consoleLog = options.folder / "console.log",
                                                            .errorLog = options.folder / "qemu.log"},
                                         failure);
}

}  // namespace boxtest
