#include "vm/Accelerator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/FakeHost.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// A host with a stand-in for the KVM device. `behaviour` controls the fake QEMU; words with "kvm." count under KVM only.
struct KvmHost : FakeHost {
    explicit KvmHost(const std::string& behaviour = "") : FakeHost(behaviour) {
        std::ofstream(folder.path() / "kvm") << "";
        options.kvmDevice = folder.path() / "kvm";
        options.memory = folder.path() / "memory";
    }

    Accelerator choose(AcceleratorChoice choice = AcceleratorChoice::automatic) {
        return chooseAccelerator(choice, guest, fakeQemu(), log, soon(), options);
    }

    AcceleratorOptions options;
};

/// A QEMU that does not exist: any attempt to start it fails.
QemuProgram noQemu() {
    return {.emulator = "/nonexistent/qemu", .imageTool = "/nonexistent/qemu-img", .major = 10, .version = "10.0.2 (fake)"};
}

TEST(Accelerator, IsKvmWhenTheGuestsKernelStartsUnderIt) {
    KvmHost host;
    const auto accelerator = host.choose();
    EXPECT_TRUE(accelerator.kvm);
    EXPECT_EQ(accelerator.name(), "kvm");
    EXPECT_THAT(host.log.lines(), ElementsAre("accelerator: kvm (the guest's own kernel starts under KVM here)"));
}

TEST(Accelerator, IsTcgWhenQemuDiesUnderKvm) {
    KvmHost host("kvm.kvm-abort");
    const auto accelerator = host.choose();
    EXPECT_FALSE(accelerator.kvm);
    EXPECT_EQ(accelerator.reason,
              "the guest's own kernel does not start under KVM here: QEMU was killed by signal 6 (Aborted); its last words: "
              "fake-qemu: error: failed to set MSR 0x10a to 0x0");
    EXPECT_THAT(host.log.lines(), ElementsAre("accelerator: tcg (" + accelerator.reason + ")"));
}

TEST(Accelerator, IsShownOnceAGuestAndAgainWhenItChanges) {
    KvmHost host("kvm.kvm-abort");
    host.choose();
    host.choose();
    EXPECT_THAT(host.log.lines(), SizeIs(1));
    host.options.kvmDevice = "/nonexistent/kvm";
    host.choose();
    host.choose();
    EXPECT_THAT(host.log.lines(),
                ElementsAre(StartsWith("accelerator: tcg (the guest's own"), StartsWith("accelerator: tcg (cannot open")));
}

TEST(Accelerator, IsTcgWhenKvmGivesUpAndQemuStays) {
    KvmHost host("kvm.kvm-error");
    EXPECT_EQ(host.choose().reason,
              "the guest's own kernel does not start under KVM here: KVM stopped the guest: KVM internal error. Suberror: 1");
}

TEST(Accelerator, IsTcgWhenTheKernelSaysNothingForTheBound) {
    KvmHost host("kvm.silent-console");
    host.options.bound = 300ms;
    const auto accelerator = host.choose();
    EXPECT_FALSE(accelerator.kvm);
    EXPECT_THAT(accelerator.reason, StartsWith("the guest's own kernel says nothing under KVM here"));
}

TEST(Accelerator, SilenceIsAskedAgainAndARefusalIsNot) {
    KvmHost host("kvm.silent-console");
    host.options.bound = 300ms;
    ASSERT_FALSE(host.choose().kvm);
    // With this image tool a second try fails.
    auto broken = fakeQemu();
    broken.imageTool = "/nonexistent/qemu-img";
    const auto chooseAgain = [&broken](KvmHost& of) {
        return chooseAccelerator(AcceleratorChoice::automatic, of.guest, broken, of.log, soon(), of.options);
    };
    EXPECT_THROW(chooseAgain(host), SystemError) << "KVM was not tried again";
    KvmHost refusing("kvm.kvm-error");
    ASSERT_FALSE(refusing.choose().kvm);
    EXPECT_FALSE(chooseAgain(refusing).kvm);
}

TEST(Accelerator, IsTcgWithoutADevice) {
    KvmHost host;
    host.options.kvmDevice = "/nonexistent/kvm";
    EXPECT_EQ(host.choose().reason, "cannot open '/nonexistent/kvm': No such file or directory");
}

TEST(Accelerator, IsTcgForAGuestOfAnotherArchitecture) {
    KvmHost host;
    host.guest.architecture = "riscv64";
    EXPECT_THAT(host.choose().reason, StartsWith("the guest is built for riscv64, the host is "));
}

TEST(Accelerator, AskedForAsKvmFailsWithTheReason) {
    KvmHost host("kvm.kvm-error");
    EXPECT_THAT(
        errorOf<GuestError>([&] { host.choose(AcceleratorChoice::kvm); }),
        StartsWith(
            "KVM was asked for and cannot run the guest: the guest's own kernel does not start under KVM here: KVM stopped"));
}

TEST(Accelerator, AskedForAsTcgTriesNothing) {
    KvmHost host;
    const auto accelerator = chooseAccelerator(AcceleratorChoice::tcg, host.guest, noQemu(), host.log, soon(), host.options);
    EXPECT_FALSE(accelerator.kvm);
    EXPECT_EQ(accelerator.reason, "asked for");
}

TEST(Accelerator, RemembersItsAnswer) {
    KvmHost host("kvm.kvm-error");
    const auto first = host.choose();
    auto qemu = fakeQemu();
    // With this image tool a second try would fail.
    qemu.imageTool = "/nonexistent/qemu-img";
    const auto second = chooseAccelerator(AcceleratorChoice::automatic, host.guest, qemu, host.log, soon(), host.options);
    EXPECT_EQ(second.reason, first.reason);
}

TEST(Accelerator, AsksAnewWhenQemuKernelOrCommandLineAreOthers) {
    KvmHost host;
    ASSERT_TRUE(host.choose().kvm);
    auto broken = fakeQemu();
    broken.imageTool = "/nonexistent/qemu-img";
    auto tried = [&] {
        try {
            chooseAccelerator(AcceleratorChoice::automatic, host.guest, broken, host.log, soon(), host.options);
            return false;
        } catch (const SystemError&) {
            return true;
        }
    };
    EXPECT_FALSE(tried());
    broken.version = "10.0.3";
    EXPECT_TRUE(tried());
    broken.version = fakeQemu().version;
    host.guest.boot.commandLine += " quiet";
    EXPECT_TRUE(tried());
    host.guest = host.files.load().guest();
    EXPECT_FALSE(tried());
    host.files.write("vmlinuz", "another kernel, of another size\n");
    EXPECT_TRUE(tried());
}

TEST(Accelerator, ARememberedNoIsTriedAnewWhenKvmIsAskedFor) {
    KvmHost host("kvm.silent-console");
    host.options.bound = 300ms;
    EXPECT_FALSE(host.choose().kvm);
    auto broken = fakeQemu();
    broken.imageTool = "/nonexistent/qemu-img";
    EXPECT_EQ(errorOf<SystemError>(
                  [&] { chooseAccelerator(AcceleratorChoice::kvm, host.guest, broken, host.log, soon(), host.options); }),
              "cannot start '/nonexistent/qemu-img': No such file or directory");
}

TEST(Accelerator, AnAnswerThatCannotBeReadIsAskedForAgain) {
    KvmHost host;
    ASSERT_TRUE(host.choose().kvm);
    for (const auto& entry : std::filesystem::directory_iterator(host.options.memory)) std::ofstream(entry.path()) << "{ half";
    EXPECT_TRUE(host.choose().kvm);
}

TEST(Accelerator, ThatCannotBeRememberedIsStillAnAnswer) {
    KvmHost host;
    host.options.memory = host.folder.path() / "kvm" / "below-a-file";
    EXPECT_TRUE(host.choose().kvm);
    EXPECT_THAT(host.log.lines(), ElementsAre(StartsWith("cannot remember the accelerator, it will be probed again: "),
                                              StartsWith("accelerator: kvm (")));
}

TEST(Accelerator, IsNotRememberedInAFolderOfAnotherUser) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    KvmHost host;
    const auto home = host.folder.path() / "home";
    std::filesystem::create_directory(home);
    ASSERT_EQ(::chown(home.c_str(), 12345, 12345), 0);
    host.options.memory = home / ".cache" / "accelerator";
    EXPECT_TRUE(host.choose().kvm);
    EXPECT_THAT(host.log.lines(), Contains(HasSubstr("would be in a folder of another user")));
    EXPECT_TRUE(std::filesystem::is_empty(home)) << "root's folder there would lock the user out";
}

TEST(Accelerator, AProbeEndsWithAnInterrupt) {
    KvmHost host("kvm.silent-console");
    FailureLatch interrupted;
    interrupted.declare("interrupted");
    host.options.interrupted = &interrupted;
    EXPECT_EQ(errorOf<GuestError>([&] { host.choose(); }), "interrupted");
    EXPECT_FALSE(std::filesystem::exists(host.options.memory));
}

TEST(Accelerator, ADeadlineBeforeTheBoundIsNoAnswer) {
    KvmHost host("kvm.silent-console");
    EXPECT_EQ(errorOf<TimeoutError>([&] {
                  chooseAccelerator(AcceleratorChoice::automatic, host.guest, fakeQemu(), host.log, Deadline::in(500ms),
                                    host.options);
              }),
              "timed out waiting for the guest's kernel to start under KVM");
    EXPECT_FALSE(std::filesystem::exists(host.options.memory));
}

TEST(Accelerator, ChoicesHaveTheNamesOfTheOption) {
    EXPECT_EQ(parseAcceleratorChoice("auto"), AcceleratorChoice::automatic);
    EXPECT_EQ(parseAcceleratorChoice("kvm"), AcceleratorChoice::kvm);
    EXPECT_EQ(parseAcceleratorChoice("tcg"), AcceleratorChoice::tcg);
    EXPECT_EQ(errorOf<UsageError>([] { parseAcceleratorChoice("hvf"); }),
              "there is no accelerator 'hvf'; there are auto, kvm and tcg");
}

}  // namespace
}  // namespace boxtest
