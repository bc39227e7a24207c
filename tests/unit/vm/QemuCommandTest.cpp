#include "vm/QemuCommand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace boxtest {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct QemuCommand : ::testing::Test {
    QemuCommand() {
        spec.guest.architecture = "x86_64";
        spec.guest.folder = "/guest";
        spec.guest.memoryMiB = 2560;
        spec.guest.cpus = 2;
        spec.guest.boot.kernel = "/guest/vmlinuz";
        spec.guest.boot.initrd = "/guest/initrd";
        spec.guest.boot.commandLine = "root=/dev/vda console=ttyS0";
        spec.qemu.emulator = "/usr/bin/qemu-system-x86_64";
        spec.guest.ssh.port = 22;
        spec.guest.httpPort = 80;
        spec.guest.httpsPort = 443;
    }

    std::vector<std::string> command() const { return qemuCommand(spec, options, sockets); }

    /// The values that follow an option.
    std::vector<std::string> valuesOf(const std::string& option) const {
        std::vector<std::string> values;
        const auto argv = command();
        for (std::size_t i = 0; i + 1 < argv.size(); ++i) {
            if (argv[i] == option) values.push_back(argv[i + 1]);
        }
        return values;
    }

    std::string valueOf(const std::string& option) const {
        const auto values = valuesOf(option);
        EXPECT_EQ(values.size(), 1U) << option;
        return values.empty() ? "" : values[0];
    }

    MachineSpec spec;
    LaunchOptions options{.folder = "/run"};
    QemuSockets sockets{.qmp = 7};
};

TEST_F(QemuCommand, StartsTheGuestsKernelWithItsOwnResources) {
    EXPECT_EQ(command()[0], "/usr/bin/qemu-system-x86_64");
    EXPECT_EQ(valueOf("-kernel"), "/guest/vmlinuz");
    EXPECT_EQ(valueOf("-initrd"), "/guest/initrd");
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0");
    EXPECT_EQ(valueOf("-m"), "2560M");
    EXPECT_EQ(valueOf("-smp"), "2");
    EXPECT_EQ(valueOf("-cpu"), "max,avx=off");
}

TEST_F(QemuCommand, AppendsToTheKernelCommandLineWhatTheProbeNeeds) {
    options.appendedToCommandLine = "loglevel=7";
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0 loglevel=7");
}

TEST_F(QemuCommand, TellsTheKernelHowFastItsCounterIsUnlessKvmDoes) {
    options.tscKhz = 2300100;
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0 tsc_early_khz=2300100");
    spec.accelerator.kvm = true;
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0");
    spec.accelerator.kvm = false;
    spec.guest.architecture = "aarch64";
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0");
}

TEST_F(QemuCommand, HasItsRamWhereItIsTold) {
    EXPECT_EQ(valuesOf("-object"), std::vector<std::string>{"memory-backend-ram,id=mem,size=2560M"});
    options.ram = "/templates/a,b/ram";
    options.ramUse = RamUse::written;
    EXPECT_EQ(valueOf("-object"), "memory-backend-file,id=mem,size=2560M,mem-path=/templates/a,,b/ram,share=on");
    // A fork never writes the RAM file: its mapping is private, and the file is opened for reading only.
    options.ramUse = RamUse::forked;
    EXPECT_EQ(valueOf("-object"),
              "memory-backend-file,id=mem,size=2560M,mem-path=/templates/a,,b/ram,share=off,readonly=on,rom=off");
}

TEST_F(QemuCommand, NamesWhatTheOverlayLiesOn) {
    options.disks.front().backing = {{"/templates/1/disk.qcow2", "qcow2"}, {"/guests/1/disk.raw", "raw"}};
    EXPECT_THAT(
        valueOf("-drive"),
        HasSubstr(
            ",backing.driver=qcow2,backing.file.driver=file,backing.file.filename=/templates/1/disk.qcow2"
            ",backing.backing.driver=raw,backing.backing.file.driver=file,backing.backing.file.filename=/guests/1/disk.raw"));
}

TEST_F(QemuCommand, StartsStoppedWhenAStateComes) {
    EXPECT_THAT(command(), Not(Contains("-incoming")));
    EXPECT_THAT(command(), Not(Contains("-only-migratable")));
    options.incoming = true;
    options.onlyMigratable = true;
    EXPECT_EQ(valueOf("-incoming"), "defer");
    EXPECT_THAT(command(), Contains("-S"));
    EXPECT_THAT(command(), Contains("-only-migratable"));
}

TEST_F(QemuCommand, HasTheSameDevicesForEveryUse) {
    const auto devices = valuesOf("-device");
    options.incoming = true;
    options.ramUse = RamUse::forked;
    EXPECT_EQ(valuesOf("-device"), devices);
}

TEST_F(QemuCommand, HasTheGuestsAgentOnTheInheritedSocket) {
    sockets.agent = 8;
    EXPECT_THAT(valuesOf("-chardev"), Contains("socket,id=agent,server=on,wait=off,fd=8"));
    EXPECT_THAT(valuesOf("-device"), Contains("virtserialport,chardev=agent,name=org.qemu.guest_agent.0"));
}

TEST_F(QemuCommand, HasASecondCardThatReachesAnotherMachineAtMost) {
    options.folder = "/run/m";
    EXPECT_THAT(valuesOf("-netdev"),
                Contains("dgram,id=lan,local.type=unix,local.path=/run/m/lan.sock,remote.type=unix,remote.path=/run/m/lan.peer"));
    EXPECT_THAT(valuesOf("-device"), Contains("virtio-net-pci,netdev=lan,romfile=,mac=52:54:00:b0:c5:02"));
}

TEST_F(QemuCommand, TakesTheAcceleratorItIsTold) {
    EXPECT_EQ(valueOf("-accel"), "tcg,thread=multi");
    options.cpuThreads = CpuThreads::oneForAll;
    EXPECT_EQ(valueOf("-accel"), "tcg,thread=single");
    spec.accelerator.kvm = true;
    EXPECT_EQ(valueOf("-accel"), "kvm");
    EXPECT_EQ(valueOf("-cpu"), "max");
}

TEST_F(QemuCommand, ForwardsEachServiceFromLoopbackOnAPortTheKernelChoosesAndNothingElse) {
    EXPECT_THAT(
        valuesOf("-netdev"),
        Contains("user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:80,hostfwd=tcp:127.0.0.1:0-:443"));
    EXPECT_EQ(valuesOf("-netdev").size(), 2U);
}

TEST_F(QemuCommand, FollowsTheManifestsPorts) {
    spec.guest.ssh.port = 2222;
    spec.guest.httpsPort = 8443;
    EXPECT_THAT(valuesOf("-netdev"), Contains(HasSubstr("127.0.0.1:0-:2222")));
    EXPECT_THAT(valuesOf("-netdev"), Contains(HasSubstr("127.0.0.1:0-:8443")));
}

TEST_F(QemuCommand, HasTheConsoleOnStdoutAndQmpOnTheInheritedSocket) {
    EXPECT_EQ(valueOf("-serial"), "chardev:console");
    EXPECT_THAT(valuesOf("-chardev"), Contains("stdio,id=console,signal=off"));
    EXPECT_THAT(valuesOf("-chardev"), Contains("socket,id=qmp,server=on,wait=off,fd=7"));
    EXPECT_EQ(valueOf("-mon"), "chardev=qmp,mode=control");
}

TEST_F(QemuCommand, ReadsNoConfigurationOfTheHostAndShowsNothing) {
    EXPECT_THAT(command(), Contains("-nodefaults"));
    EXPECT_THAT(command(), Contains("-no-user-config"));
    EXPECT_THAT(command(), Contains("-no-reboot"));
    EXPECT_EQ(valueOf("-display"), "none");
}

TEST_F(QemuCommand, WritesToTheOverlayOnlyAndDoublesCommasInItsPath) {
    options.disks.front().overlay = "/run/a,b/overlay.qcow2";
    EXPECT_EQ(valueOf("-drive"),
              "if=none,id=disk,format=qcow2,cache=unsafe,discard=unmap,werror=report,rerror=report,file=/run/a,,b/overlay.qcow2");
}

TEST_F(QemuCommand, HasADriveForEachDisk) {
    options.disks.push_back({.backing = {{"/data.qcow2", "qcow2"}}});
    EXPECT_THAT(
        valuesOf("-drive"),
        testing::ElementsAre(HasSubstr("id=disk,format=qcow2"),
                             "if=none,id=disk2,format=qcow2,cache=unsafe,discard=unmap,werror=report,rerror=report,file=/run/"
                             "overlay-2.qcow2,backing.driver=qcow2,backing.file.driver=file,backing.file.filename=/data.qcow2"));
    EXPECT_THAT(valuesOf("-device"), Contains("virtio-blk-pci,drive=disk"));
    EXPECT_THAT(valuesOf("-device"), Contains("virtio-blk-pci,drive=disk2"));
}

TEST_F(QemuCommand, HasTheDevicesOfItsArchitecture) {
    EXPECT_EQ(valueOf("-machine"), "q35,hpet=off,memory-backend=mem");
    EXPECT_THAT(valuesOf("-device"), Contains("vmgenid,guid=auto"));
    spec.guest.architecture = "aarch64";
    EXPECT_EQ(valueOf("-machine"), "virt,memory-backend=mem");
    EXPECT_THAT(valuesOf("-device"), Not(Contains("vmgenid,guid=auto")));
    EXPECT_THAT(valuesOf("-device"), Contains("virtio-rng-pci"));
}

}  // namespace
}  // namespace boxtest
