#include "vm/QemuCommand.hpp"

namespace boxtest {

std::string qemuOptionValue(const std::string& value) {
    std::string doubled;
    for (const char c : value) doubled += c == ',' ? std::string(",,") : std::string(1, c);
    return doubled;
}

namespace {

std::string forward(std::uint16_t guestPort) { return ",hostfwd=tcp:127.0.0.1:0-:" + std::to_string(guestPort); }

}  // namespace

std::vector<std::string> qemuCommand(const Manifest& manifest, const QemuProgram& qemu, const QemuCommandOptions& options) {
    const bool pc = manifest.architecture == "x86_64";
    std::string commandLine = manifest.boot.commandLine;
    if (!options.appendedToCommandLine.empty()) commandLine += " " + options.appendedToCommandLine;

    std::vector<std::string> argv{
        qemu.emulator.string(),
        "-name",
        "boxtest",
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        // A reset nobody asked for ends QEMU, and so every wait, instead of starting the boot over.
        "-no-reboot",
        "-machine",
        pc ? "q35" : "virt",
        "-accel",
        options.kvm ? "kvm" : "tcg,thread=multi",
        "-cpu",
        "max",
        "-smp",
        std::to_string(manifest.cpus),
        "-m",
        std::to_string(manifest.memoryMiB) + "M",
        "-kernel",
        manifest.boot.kernel.string(),
        "-initrd",
        manifest.boot.initrd.string(),
        "-append",
        commandLine,
        // The overlay is thrown away with the machine: nobody needs it on the disk of the host.
        "-drive",
        "if=none,id=disk,format=qcow2,cache=unsafe,discard=unmap,file=" + qemuOptionValue(options.overlay.string()),
        "-device",
        "virtio-blk-pci,drive=disk",
        "-device",
        "virtio-rng-pci",
        // restrict: the guest reaches neither the host nor what lies behind it.
        "-netdev",
        "user,id=net,restrict=on" + forward(manifest.ssh.port) + forward(manifest.web.httpPort) + forward(manifest.web.httpsPort),
        "-device",
        "virtio-net-pci,netdev=net,romfile=",
        "-chardev",
        "stdio,id=console,signal=off",
        "-serial",
        "chardev:console",
        "-chardev",
        "socket,id=qmp,server=on,wait=off,fd=" + std::to_string(options.qmpDescriptor),
        "-mon",
        "chardev=qmp,mode=control",
    };
    // QEMU has this device on PCs only.
    if (pc) argv.insert(argv.end(), {"-device", "vmgenid,guid=auto"});
    return argv;
}

}  // namespace boxtest
