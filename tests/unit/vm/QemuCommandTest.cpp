#include "vm/QemuCommand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/guest/FakeGuest.hpp"

namespace boxtest {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct QemuCommand : ::testing::Test {
    QemuCommand() {
        manifest.architecture = "x86_64";
        manifest.folder = "/guest";
        manifest.memoryMiB = 2560;
        manifest.cpus = 2;
        manifest.boot.kernel = "/guest/vmlinuz";
        manifest.boot.initrd = "/guest/initrd";
        manifest.boot.commandLine = "root=/dev/vda console=ttyS0";
        qemu.emulator = "/usr/bin/qemu-system-x86_64";
        manifest.ssh.port = 22;
        manifest.web.httpPort = 80;
        manifest.web.httpsPort = 443;
    }

    std::vector<std::string> command() const { return qemuCommand(manifest, qemu, options); }

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

    Manifest manifest;
    QemuProgram qemu;
    QemuCommandOptions options{.overlay = "/run/overlay.qcow2", .qmpDescriptor = 7};
};

TEST_F(QemuCommand, StartsTheGuestsKernelWithItsOwnResources) {
    EXPECT_EQ(command()[0], "/usr/bin/qemu-system-x86_64");
    EXPECT_EQ(valueOf("-kernel"), "/guest/vmlinuz");
    EXPECT_EQ(valueOf("-initrd"), "/guest/initrd");
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0");
    EXPECT_EQ(valueOf("-m"), "2560M");
    EXPECT_EQ(valueOf("-smp"), "2");
    EXPECT_EQ(valueOf("-cpu"), "max");
}

TEST_F(QemuCommand, AppendsToTheKernelCommandLineWhatTheProbeNeeds) {
    options.appendedToCommandLine = "loglevel=7";
    EXPECT_EQ(valueOf("-append"), "root=/dev/vda console=ttyS0 loglevel=7");
}

TEST_F(QemuCommand, TakesTheAcceleratorItIsTold) {
    EXPECT_EQ(valueOf("-accel"), "tcg,thread=multi");
    options.kvm = true;
    EXPECT_EQ(valueOf("-accel"), "kvm");
}

TEST_F(QemuCommand, ForwardsEachServiceFromLoopbackOnAPortTheKernelChoosesAndNothingElse) {
    EXPECT_EQ(valueOf("-netdev"),
              "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22,hostfwd=tcp:127.0.0.1:0-:80,hostfwd=tcp:127.0.0.1:0-:443");
}

TEST_F(QemuCommand, FollowsTheManifestsPorts) {
    manifest.ssh.port = 2222;
    manifest.web.httpsPort = 8443;
    EXPECT_THAT(valueOf("-netdev"), HasSubstr("127.0.0.1:0-:2222"));
    EXPECT_THAT(valueOf("-netdev"), HasSubstr("127.0.0.1:0-:8443"));
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
    options.overlay = "/run/a,b/overlay.qcow2";
    EXPECT_EQ(valueOf("-drive"), "if=none,id=disk,format=qcow2,cache=unsafe,discard=unmap,file=/run/a,,b/overlay.qcow2");
}

TEST_F(QemuCommand, HasTheDevicesOfItsArchitecture) {
    EXPECT_EQ(valueOf("-machine"), "q35");
    EXPECT_THAT(valuesOf("-device"), Contains("vmgenid,guid=auto"));
    manifest.architecture = "aarch64";
    EXPECT_EQ(valueOf("-machine"), "virt");
    EXPECT_THAT(valuesOf("-device"), Not(Contains("vmgenid,guid=auto")));
    EXPECT_THAT(valuesOf("-device"), Contains("virtio-rng-pci"));
}

}  // namespace
}  // namespace boxtest
