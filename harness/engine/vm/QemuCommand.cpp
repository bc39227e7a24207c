#include "vm/QemuCommand.hpp"

namespace boxtest {

std::string qemuOptionValue(const std::string& value) {
    std::string doubled;
    for (const char c : value) doubled += c == ',' ? std::string(",,") : std::string(1, c);
    return doubled;
}

namespace {

/// The MAC address is from a range that no vendor uses. The first card has QEMU's first default address, which the guest looks
/// for.
constexpr auto secondCard = "virtio-net-pci,netdev=lan,romfile=,mac=52:54:00:b0:c5:02";

/// ",backing.driver=raw,backing.file.filename=..." for every image of the chain, each backing the one before.
std::string backing(const std::vector<DiskImage>& chain) {
    std::string text;
    std::string prefix = ",backing";
    for (const auto& image : chain) {
        text += prefix + ".driver=" + image.format + prefix + ".file.driver=file" + prefix +
                ".file.filename=" + qemuOptionValue(image.file.string());
        prefix += ".backing";
    }
    return text;
}

/// cache=unsafe: the overlay is removed with the machine, so it need not reach the host's disk. werror=report: a full disk is an
/// error in the guest, on its console at once; by default QEMU stops the guest without a message.
std::string drive(const std::string& id, const std::filesystem::path& overlay, const std::vector<DiskImage>& chain) {
    return "if=none,id=" + id +
           ",format=qcow2,cache=unsafe,discard=unmap,werror=report,rerror=report,file=" + qemuOptionValue(overlay.string()) +
           backing(chain);
}

std::string ram(const Guest& guest, const LaunchOptions& options) {
    const std::string name = ramBackend;
    const auto size = ",size=" + std::to_string(guest.memoryMiB) + "M";
    const auto file = ",mem-path=" + qemuOptionValue(options.ram.string());
    switch (options.ramUse) {
        case RamUse::written: return "memory-backend-file,id=" + name + size + file + ",share=on";
        // rom=off: a file that is opened read-only would be the guest's ROM otherwise.
        case RamUse::forked: return "memory-backend-file,id=" + name + size + file + ",share=off,readonly=on,rom=off";
        case RamUse::anonymous: break;
    }
    return "memory-backend-ram,id=" + name + size;
}

std::string acceleratorOption(bool kvm, CpuThreads threads) {
    if (kvm) return "kvm";
    return threads == CpuThreads::oneForAll ? "tcg,thread=single" : "tcg,thread=multi";
}

std::string forward(std::uint16_t guestPort) { return ",hostfwd=tcp:127.0.0.1:0-:" + std::to_string(guestPort); }

}  // namespace

std::vector<std::string> qemuCommand(const MachineSpec& spec, const LaunchOptions& options, const QemuSockets& sockets) {
    const auto& guest = spec.guest;
    const bool pc = guest.architecture == "x86_64";
    std::string commandLine = guest.boot.commandLine;
    // Also for a machine that starts from a state: it may reboot.
    if (pc && !spec.accelerator.kvm && options.tscKhz > 0) commandLine += " tsc_early_khz=" + std::to_string(options.tscKhz);
    if (!options.appendedToCommandLine.empty()) commandLine += " " + options.appendedToCommandLine;

    std::vector<std::string> argv{
        spec.qemu.emulator.string(),
        "-name",
        "boxtest",
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        // An unexpected reset ends QEMU, and so every wait, instead of restarting the boot.
        "-no-reboot",
        "-machine",
        // An emulated HPET ticks 250 times a second, in every idle fork; the guests' kernels rely on the CPU's own counter.
        std::string(pc ? "q35,hpet=off" : "virt") + ",memory-backend=" + ramBackend,
        "-object",
        ram(guest, options),
        "-accel",
        acceleratorOption(spec.accelerator.kvm, options.cpuThreads),
        "-cpu",
        spec.cpu(),
        "-smp",
        std::to_string(guest.cpus),
        "-m",
        std::to_string(guest.memoryMiB) + "M",
        "-kernel",
        guest.boot.kernel.string(),
        "-initrd",
        guest.boot.initrd.string(),
        "-append",
        commandLine,
    };
    for (std::size_t i = 0; i < options.disks.size(); ++i) {
        const auto id = i == 0 ? std::string("disk") : "disk" + std::to_string(i + 1);
        argv.insert(argv.end(), {"-drive", drive(id, options.overlayOf(i), options.disks[i].backing), "-device",
                                 "virtio-blk-pci,drive=" + id});
    }
    const std::vector<std::string> rest{
        "-device",
        "virtio-rng-pci",
        // restrict: the guest reaches neither the host nor any network behind it.
        "-netdev",
        "user,id=net,restrict=on" + forward(guest.ssh.port) + forward(guest.httpPort) + forward(guest.httpsPort),
        "-device",
        "virtio-net-pci,netdev=net,romfile=",
        "-netdev",
        "dgram,id=lan,local.type=unix,local.path=" + qemuOptionValue((options.folder / "lan.sock").string()) +
            ",remote.type=unix,remote.path=" + qemuOptionValue((options.folder / "lan.peer").string()),
        "-device",
        secondCard,
        "-device",
        "virtio-serial-pci",
        "-chardev",
        "socket,id=agent,server=on,wait=off,fd=" + std::to_string(sockets.agent),
        "-device",
        "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
        "-chardev",
        "stdio,id=console,signal=off",
        "-serial",
        "chardev:console",
        "-chardev",
        "socket,id=qmp,server=on,wait=off,fd=" + std::to_string(sockets.qmp),
        "-mon",
        "chardev=qmp,mode=control",
    };
    argv.insert(argv.end(), rest.begin(), rest.end());
    // QEMU has this device on PCs only.
    if (pc) argv.insert(argv.end(), {"-device", "vmgenid,guid=auto"});
    if (options.onlyMigratable) argv.emplace_back("-only-migratable");
    if (options.incoming) argv.insert(argv.end(), {"-S", "-incoming", "defer"});
    return argv;
}

}  // namespace boxtest
