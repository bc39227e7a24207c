#include "vm/Console.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct SerialConsole : ::testing::Test {
    SerialConsole() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        guest = FileDescriptor(ends[1]);
        console = std::make_unique<Console>(FileDescriptor(ends[0]), folder.path() / "console.log", failure);
    }

    void say(std::string_view text) const {
        while (!text.empty()) {
            const auto written = ::write(guest.get(), text.data(), text.size());
            ASSERT_GT(written, 0);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    void end() {
        guest.reset();
        ASSERT_TRUE(console->waitForEnd(soon()));
    }

    /// Waits until a failure is declared, while the guest's end of the pipe stays open. Returns the reason.
    std::string declared() const {
        return errorOf<GuestError>([&] { poll({}, soon(), &failure); });
    }

    std::string logged() const {
        std::ifstream stream(folder.path() / "console.log");
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }

    TemporaryFolder folder{"console"};
    FailureLatch failure;
    FileDescriptor guest;
    std::unique_ptr<Console> console;
};

TEST_F(SerialConsole, WritesALogThatIsPlainAndPrivate) {
    say("[\x1b[32m  OK  \x1b[0m] Started\r\nlogin: ");
    end();
    EXPECT_EQ(logged(), "[  OK  ] Started\nlogin: ");
    EXPECT_EQ(console->tail(10), "[  OK  ] Started\nlogin: ");
    EXPECT_EQ(console->tail(0), "login: ");
    struct stat found {};
    ASSERT_EQ(::stat(console->logFile().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0600U);
    EXPECT_FALSE(failure.reason());
}

TEST_F(SerialConsole, DeclaresAPanicWithTheLinesAroundItWhileTheGuestHangs) {
    say("[    1.0] before\r\n[    1.1] Kernel panic - not syncing: Fatal exception\r\n[    1.2] Call Trace:\r\n");
    EXPECT_EQ(declared(),
              "the guest's kernel panicked (all of it: " + console->logFile().string() +
                  "):\n[    1.0] before\n[    1.1] Kernel panic - not syncing: Fatal exception\n[    1.2] Call Trace:\n");
}

TEST_F(SerialConsole, SeesTroubleThatComesInPieces) {
    say("[    1.1] Kernel pa");
    say("nic - not sync");
    say("\x1b[1m");
    say("ing: x");
    EXPECT_THAT(declared(), HasSubstr("Kernel panic - not syncing: x"));
}

TEST_F(SerialConsole, SeesAPromptThatHasNoLineEnd) {
    say("BusyBox v1.37\r\n\r\n(initramfs) ");
    EXPECT_THAT(declared(), StartsWith("the guest stopped in a shell of its initramfs"));
}

TEST_F(SerialConsole, TellsNoMoreThanTheCallTraceOfATroubleInAFlood) {
    say("Kernel panic - not syncing: x\n");
    for (int i = 0; i < 300; ++i) say("line " + std::to_string(i) + "\n");
    const auto message = declared();
    EXPECT_THAT(message, HasSubstr("Kernel panic - not syncing: x\nline 0\n"));
    end();
}

TEST_F(SerialConsole, DeclaresTheFirstTroubleOnly) {
    say("BUG: unable to handle page fault\nKernel panic - not syncing: Fatal exception\n");
    end();
    EXPECT_THAT(*failure.reason(), StartsWith("the guest's kernel had an oops"));
    EXPECT_THAT(*failure.reason(), HasSubstr("Kernel panic - not syncing: Fatal exception"));
}

TEST_F(SerialConsole, DeclaresTroubleWhenTheOtherEndClosesRightAfterIt) {
    say("Kernel panic - not syncing: x");
    end();
    EXPECT_THAT(*failure.reason(), HasSubstr("Kernel panic - not syncing: x"));
}

TEST_F(SerialConsole, CutsALineWithoutAnEndAndStillSeesTroubleAcrossTheCut) {
    say(std::string(8192 - 20, 'x') + "[    1.000000] Kernel panic - not syncing: y");
    EXPECT_THAT(declared(), HasSubstr("Kernel panic - not syncing: y"));
}

TEST_F(SerialConsole, KeepsReadingAFlood) {
    const std::string chunk(1 << 20, 'x');
    for (int i = 0; i < 70; ++i) say(chunk);
    say("\nthe end\n");
    end();
    EXPECT_EQ(console->tail(1), "the end\n");
    const auto log = logged();
    EXPECT_LT(log.size(), 67U << 20);
    EXPECT_TRUE(log.ends_with("\n[boxtest: the log ends here, the console goes on]\n"));
    EXPECT_FALSE(failure.reason());
}

TEST_F(SerialConsole, TellsWhenTheKernelStarts) {
    say("SeaBIOS\r\n");
    EXPECT_EQ(errorOf<TimeoutError>([&] { console->waitForKernel(Deadline::in(10ms)); }),
              "timed out waiting for the first console line of the guest's kernel");
    say("[    0.000000] Linux version 6.12");
    EXPECT_NO_THROW(console->waitForKernel(soon()));
}

TEST_F(SerialConsole, WhatEndsABootIsAProgramsWordsOnceItIsOver) {
    say("[  OK  ] Reached target multi-user.target - Multi-User System.\n\nodoo-host login: \n[FAILED] Failed to mount "
        "nas.mount.\n");
    end();
    EXPECT_FALSE(failure.reason());
}

TEST_F(SerialConsole, AGuestThatIsReadyIsNotBooting) {
    console->bootIsOver();
    say("[FAILED] Failed to mount nas.mount - /mnt/nas.\n");
    end();
    EXPECT_FALSE(failure.reason());
}

TEST_F(SerialConsole, ARebootIsABootAgain) {
    console->bootIsOver();
    say("[    0.000000] Linux version 6.12\n[FAILED] Failed to mount data.mount - /data.\n");
    EXPECT_THAT(declared(), StartsWith("the guest could not mount a file system"));
}

TEST_F(SerialConsole, AWaitForTheKernelEndsWithTheLatch) {
    failure.declare("QEMU died");
    EXPECT_EQ(errorOf<GuestError>([&] { console->waitForKernel(Deadline::never()); }), "QEMU died");
}

TEST_F(SerialConsole, GoesAwayWhileTheOtherEndIsOpen) {
    say("half a li");
    EXPECT_FALSE(console->waitForEnd(Deadline::in(1ms)));
    console.reset();
    EXPECT_FALSE(failure.reason());
}

TEST(ConsoleLog, ThatCannotBeWrittenIsAnError) {
    FailureLatch failure;
    EXPECT_EQ(errorOf<SystemError>(
                  [&] { Console(FileDescriptor(::open("/dev/null", O_RDONLY)), "/nonexistent/console.log", failure); }),
              "cannot write the console's log '/nonexistent/console.log': No such file or directory");
}

}  // namespace
}  // namespace boxtest
