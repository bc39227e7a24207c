#include <gmock/gmock.h>
#include <sys/stat.h>

#include "Paths.hpp"
#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using testing::Not;

/// How the program handles what it inherits from its parent (descriptors, signals, umask, variables), set by a shell or env(1).
class Surroundings : public UpFixture {
   protected:
    /// `program` is "$0" in the script, and $1 the home folder.
    CapturedOutput shell(const std::string& script) {
        RunProgramOptions options;
        options.environment = environment_;
        return runProgram({"bash", "-c", script, paths::program, home().string()}, soon(), options);
    }
};

TEST_F(Surroundings, ClosedStandardDescriptorsDoNoHarm) {
    const auto all = shell(R"("$0" status <&- >&- 2>&-; echo $?)");
    EXPECT_EQ(all.out, "0\n") << all.err;
    // With stdin closed, a report's descriptor gets number 0 in a program that does not check for this.
    const auto run = shell(R"("$0" run --json "$1/report.json" <&-)");
    EXPECT_EQ(run.status.code, 0) << run.err;
    EXPECT_THAT(readWholeFile(home() / "report.json"), HasSubstr("PeerAuth.Matrix"));
    const auto silent = shell(R"("$0" run --json "$1/silent.json" <&- >&- 2>&-; echo $?)");
    EXPECT_EQ(silent.out, "0\n");
    EXPECT_THAT(readWholeFile(home() / "silent.json"), HasSubstr("PeerAuth.Matrix"));
}

TEST_F(Surroundings, ChildrenOfAProgramWithClosedDescriptorsHaveThem) {
    writeFileAtomically(home() / "ssh",
                        "#!/bin/sh\n[ -e /proc/$$/fd/0 ] && [ -e /proc/$$/fd/1 ] && [ -e /proc/$$/fd/2 ] && exit 42\n", 0700);
    const auto ran = shell(R"(PATH="$1:$PATH"; "$0" ssh admin true <&- >&- 2>&-; echo $?)");
    EXPECT_EQ(ran.out, "42\n") << ran.err;
}

TEST_F(Surroundings, WhatCannotBePrintedIsAnErrorAndAReaderThatHasGoneIsNone) {
    for (const auto* command : {"list", "status", "list --json", "web", "--help", "--version", "up --help"}) {
        const auto full = shell(std::string("\"$0\" ") + command + " >/dev/full");
        EXPECT_EQ(full.status.code, 3) << command;
        EXPECT_THAT(full.err, HasSubstr("cannot write to standard output")) << command;
        const auto gone = shell(std::string("set -o pipefail; \"$0\" ") + command + " | true");
        EXPECT_EQ(gone.status.code, 0) << command << ": " << gone.err;
    }
}

TEST_F(Surroundings, IgnoredChildSignalsDoNoHarm) {
    const auto plain = boxtest({"run"});
    const auto ran = shell(R"(trap '' CHLD; exec env --ignore-signal=CHLD "$0" run)");
    EXPECT_EQ(ran.status.code, 0) << ran.err;
    EXPECT_EQ(plain.status.code, 0) << plain.err;
    const auto doctor = shell(R"(exec env --ignore-signal=CHLD "$0" doctor --accel tcg --guest /nowhere)");
    EXPECT_THAT(doctor.out, HasSubstr("ok       QEMU")) << "its version was not read";
}

TEST_F(Surroundings, BlockedSignalsStillEndTheProgram) {
    writeFileAtomically(home() / "ssh", "#!/bin/sh\nkill -TERM $$; echo lives\n", 0700);
    const auto ran = shell(R"(PATH="$1:$PATH" exec env --block-signal=TERM --ignore-signal=TERM "$0" ssh admin)");
    EXPECT_THAT(ran.out, Not(HasSubstr("lives")));
}

TEST_F(Surroundings, AnOddUmaskDoesNotLockTheUserOut) {
    const auto ran = shell(R"(umask 777; "$0" run --json "$1/report.json")");
    EXPECT_EQ(ran.status.code, 0) << ran.err;
    EXPECT_TRUE(std::filesystem::is_directory(home() / "cache" / "boxtest" / "runs"));
    struct stat found {};
    ASSERT_EQ(::stat((home() / "cache" / "boxtest").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST_F(Surroundings, RelativePathsInVariablesAreThoseOfTheWorkingFolder) {
    std::filesystem::create_symlink(paths::fakeQemu, home() / "qemu");
    const auto doctor =
        shell(R"(cd "$1" && BOXTEST_QEMU=./qemu BOXTEST_QEMU_IMG=./qemu exec "$0" doctor --accel tcg --guest /nowhere)");
    EXPECT_THAT(doctor.out, HasSubstr("(" + (home() / "./qemu").string() + ")"));
    std::filesystem::create_symlink(paths::source("tests/cli/fake-scenarios"), home() / "scenarios");
    const auto run = shell(R"(cd "$1" && BOXTEST_SCENARIOS=scenarios TMPDIR=tmp exec "$0" run)");
    EXPECT_EQ(run.status.code, 0) << run.err;
}

TEST_F(Surroundings, ARemovedWorkingFolderIsNoTrouble) {
    writeFileAtomically(home() / "scenarios",
                        "#!/bin/sh\n[ -d \"$(/bin/pwd)\" ] || { echo aborted >&2; exit 134; }\nexec " +
                            paths::source("tests/cli/fake-scenarios") + " \"$@\"\n",
                        0700);
    writeFileAtomically(home() / "ssh", "#!/bin/sh\nexec /bin/pwd\n", 0700);
    const std::string gone = R"(mkdir "$1/gone"; cd "$1/gone"; rmdir "$1/gone"; export BOXTEST_SCENARIOS="$1/scenarios"; )";
    const auto run = shell(gone + R"(exec "$0" run)");
    EXPECT_EQ(run.status.code, 0) << run.err;
    const auto ssh = shell(gone + R"(PATH="$1:$PATH" exec "$0" ssh admin true)");
    EXPECT_EQ(ssh.out, "/\n") << ssh.err;
    for (const auto* command : {"run --json result.json", "report --html result.html", "up --guest guest"}) {
        const auto refused = shell(gone + "exec \"$0\" " + command);
        EXPECT_EQ(refused.status.code, 2) << command << ": " << refused.err;
        EXPECT_THAT(refused.err, Not(HasSubstr("aborted"))) << command;
    }
}

TEST_F(Surroundings, WhatSteersGoogleTestIsTheCallersAndNotTheScenarios) {
    writeFileAtomically(home() / "scenarios", "#!/bin/sh\nenv >\"$HOME/seen\"\nexit 9\n", 0700);
    const auto ran = shell(R"(export HOME="$1" BOXTEST_SCENARIOS="$1/scenarios" GTEST_TOTAL_SHARDS=2 GTEST_REPEAT=0 GTEST_X=1
        export TESTBRIDGE_TEST_ONLY=x TEST_PREMATURE_EXIT_FILE=x XML_OUTPUT_FILE=x; exec "$0" run)");
    EXPECT_EQ(ran.status.code, 3) << ran.err;
    const auto seen = readWholeFile(home() / "seen");
    for (const auto* name : {"GTEST_", "TESTBRIDGE", "PREMATURE", "XML_OUTPUT"}) EXPECT_THAT(seen, Not(HasSubstr(name)));
}

/// The keeper's working folder is not that of `up`.
TEST_F(ProgramFixture, ARelativeQemuIsFoundByTheKeeperToo) {
    const KeyedGuest guest("fake.die-at-start");
    std::filesystem::create_symlink(paths::fakeQemu, home() / "qemu");
    environment_["BOXTEST_QEMU"] = environment_["BOXTEST_QEMU_IMG"] = "./qemu";
    RunProgramOptions options;
    options.environment = environment_;
    options.folder = home();
    const auto up = runProgram({paths::program, "up", "--accel", "tcg", "--guest", guest.folder().string()}, soon(), options);
    EXPECT_THAT(up.err, HasSubstr("Cannot allocate memory")) << "what the fake QEMU says when it dies";
}

}  // namespace
}  // namespace boxtest
