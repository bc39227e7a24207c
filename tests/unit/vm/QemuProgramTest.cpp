#include "vm/QemuProgram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "Paths.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

struct QemuProgramFinder : ::testing::Test {
    static QemuProgram find() { return QemuProgram::find("x86_64", Deadline::in(std::chrono::minutes(1))); }
    ScopedVariable emulator{"BOXTEST_QEMU", paths::fakeQemu};
    ScopedVariable imageTool{"BOXTEST_QEMU_IMG", paths::fakeQemu};
};

TEST_F(QemuProgramFinder, TellsTheVersion) {
    const auto program = find();
    EXPECT_EQ(program.emulator, paths::fakeQemu);
    EXPECT_EQ(program.imageTool, paths::fakeQemu);
    EXPECT_EQ(program.major, 10);
    EXPECT_EQ(program.version, "10.0.2 (fake)");
}

TEST_F(QemuProgramFinder, RefusesOneThatIsTooOldSayingWhyAndWhatToDo) {
    const ScopedVariable version("BOXTEST_FAKE_QEMU_VERSION", "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)");
    const auto message = errorOf<UsageError>([] { find(); });
    EXPECT_THAT(message, HasSubstr("is QEMU 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18), and 8 or newer is needed: 7.2 crashes"));
    EXPECT_THAT(message, HasSubstr("apt-get install -t bookworm-backports qemu-system-x86"));
}

TEST_F(QemuProgramFinder, RefusesAProgramThatIsNoQemu) {
    const ScopedVariable other("BOXTEST_QEMU", "true");
    EXPECT_THAT(errorOf<UsageError>([] { find(); }), HasSubstr("--version' prints no version: it exited with status 0"));
}

TEST_F(QemuProgramFinder, SaysWhatToInstallWhenThereIsNone) {
    const ScopedVariable none("BOXTEST_QEMU", std::nullopt);
    const ScopedVariable path("PATH", "/nonexistent");
    EXPECT_THAT(errorOf<UsageError>([] { find(); }),
                StartsWith("there is no qemu-system-x86_64 in PATH; on Debian 12: apt-get install"));
}

TEST_F(QemuProgramFinder, SaysWhichVariableNamesAProgramThatIsNotThere) {
    const ScopedVariable gone("BOXTEST_QEMU", "/nonexistent/qemu");
    EXPECT_EQ(errorOf<UsageError>([] { find(); }), "BOXTEST_QEMU names '/nonexistent/qemu', which is not there");
}

TEST_F(QemuProgramFinder, TakesTheImageToolThatLiesBesideTheEmulator) {
    const TemporaryFolder folder("qemu");
    std::filesystem::create_symlink(paths::fakeQemu, folder.path() / "qemu-system-x86_64");
    std::filesystem::create_symlink(paths::fakeQemu, folder.path() / "qemu-img");
    const ScopedVariable other("BOXTEST_QEMU", (folder.path() / "qemu-system-x86_64").string());
    const ScopedVariable none("BOXTEST_QEMU_IMG", std::nullopt);
    EXPECT_EQ(find().imageTool, folder.path() / "qemu-img");
}

}  // namespace
}  // namespace boxtest
