#include "ssh/RemoteShell.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "AtOnce.hpp"
#include "Deadlines.hpp"
#include "integration/MessageOf.hpp"
#include "integration/SessionFixture.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto shell = "exec /bin/sh";

class RemoteShellTest : public SessionFixture {
   protected:
    RemoteShell shell_{session_, shell};
};

TEST_F(RemoteShellTest, TellsEachScriptsStatusAndOutput) {
    auto result = shell_.run("echo out; echo err >&2; exit 7");
    EXPECT_EQ(result.exitStatus, 7);
    EXPECT_EQ(result.out, "out\n");
    EXPECT_EQ(result.err, "err\n");
    result = shell_.run("printf 'no newline'; printf 'nor here' >&2");
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.out, "no newline");
    EXPECT_EQ(result.err, "nor here");
    result = shell_.run("true");
    EXPECT_TRUE(result.succeeded());
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "");
}

TEST_F(RemoteShellTest, TakesAScriptAsItIs) {
    EXPECT_EQ(shell_.run("printf %s 'it'\\''s \"$HOME\" `x`'\nif true; then\n  echo \" yes\"\nfi # no newline at the end").out,
              "it's \"$HOME\" `x` yes\n");
    EXPECT_EQ(shell_.run("if").exitStatus, 2) << "what is no script ends its own shell only";
    EXPECT_EQ(shell_.run("echo on").out, "on\n");
}

TEST_F(RemoteShellTest, NothingOfAScriptStaysForTheNext) {
    shell_.run("x=1; export y=2; cd /; set -e; trap 'echo trapped' EXIT; alias echo=false");
    EXPECT_EQ(shell_.run("printf '%s' \"${x-}${y-}\"; pwd").out, session_.run("pwd").out);
}

TEST_F(RemoteShellTest, GivesAScriptAnEmptyInput) { EXPECT_EQ(shell_.run("cat; read -r x; echo \"$? end\"").out, "1 end\n"); }

TEST_F(RemoteShellTest, TellsTheSignalOfAKilledScriptByItsStatus) {
    EXPECT_EQ(shell_.run("kill -KILL $$").exitStatus, 128 + 9);
    EXPECT_TRUE(shell_.alive());
}

TEST_F(RemoteShellTest, CarriesMuchOutputAndAnyByte) {
    const auto result = shell_.run("head -c 3000000 /dev/zero; printf '\\377\\n'; head -c 2000000 /dev/zero >&2");
    EXPECT_EQ(result.out, std::string(3'000'000, '\0') + "\xff\n");
    EXPECT_EQ(result.err.size(), 2'000'000U);
}

TEST_F(RemoteShellTest, ReturnsWhenTheScriptHasEndedWhateverItsChildrenDo) {
    const auto fifo = (sshd_->folder() / "fifo").string();
    const auto result = shell_.run("mkfifo " + fifo + "; { read -r line; } <" + fifo + " & echo begun");
    EXPECT_EQ(result.out, "begun\n");
    EXPECT_TRUE(shell_.run("echo end >" + fifo).succeeded()) << "the child that waits is there still";
}

TEST_F(RemoteShellTest, EndsAtItsDeadlineWithTheOutputSoFar) {
    try {
        shell_.run("echo first; while echo tick >&2; do sleep 0.1; done", shortly());
        FAIL() << "the script ended";
    } catch (const CommandTimeout& timeout) {
        EXPECT_THAT(timeout.what(), StartsWith("timed out waiting for the script 'echo first;"));
        EXPECT_EQ(timeout.soFar().out, "first\n");
        EXPECT_THAT(timeout.soFar().err, StartsWith("tick\n"));
    }
    EXPECT_FALSE(shell_.alive());
    EXPECT_EQ(messageOf<TransportError>([&] { shell_.run("true", Deadline::never()); }),
              "the shell is over: an earlier script did not end in time");
    EXPECT_EQ(RemoteShell(session_, shell).run("echo another").out, "another\n");
}

TEST_F(RemoteShellTest, EndsWhatWritesMoreThanItsLimit) {
    EXPECT_EQ(messageOf<OutputLimitExceeded>([&] { shell_.run("yes", Deadline::in(std::chrono::minutes(1)), 100'000); }),
              "the script 'yes' wrote more than 100000 bytes");
    EXPECT_FALSE(shell_.alive());
    EXPECT_TRUE(session_.run("true").succeeded());
}

TEST_F(RemoteShellTest, ACommandThatIsNoShellAnswersItself) {
    RemoteShell refused(session_, "echo 'a password is required' >&2; exit 3");
    const auto result = refused.run("echo never");
    EXPECT_EQ(result.exitStatus, 3);
    EXPECT_EQ(result.err, "a password is required\n");
    EXPECT_EQ(result.out, "");
    EXPECT_FALSE(refused.alive());
}

TEST_F(RemoteShellTest, AShellThatIsKilledTellsSo) {
    const auto result = shell_.run("echo before; kill -KILL $PPID");
    EXPECT_EQ(result.signal, "KILL");
    EXPECT_FALSE(result.succeeded());
    EXPECT_FALSE(shell_.alive());
}

TEST_F(RemoteShellTest, AScriptCannotSeeItsMark) {
    // The arguments and environments of the script and of its parent contain no 32 hexadecimal digits in a row.
    const auto seen = shell_.run(
        "tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$PPID/cmdline; env; tr '\\0' '\\n' </proc/$PPID/environ");
    ASSERT_TRUE(seen.succeeded()) << seen.describe();
    EXPECT_THAT(seen.out, ::testing::Not(::testing::ContainsRegex("[0-9a-f]{32}")));
}

TEST(RemoteShell, ALostSessionEndsTheScriptAtOnce) {
    LocalSshd sshd;
    auto session = sshd.connect();
    RemoteShell root(session, shell);
    const auto mark = sshd.folder() / "mark";
    auto waiter = std::async(std::launch::async, [&] {
        return messageOf<SessionLost>(
            [&] { root.run("touch " + mark.string() + "; while echo tick; do sleep 0.1; done", AtOnce::waitedFor()); });
    });
    while (!session.run({"test", "-e", mark.string()}).succeeded()) {
    }
    const AtOnce measured;
    sshd.kill();
    EXPECT_THAT(waiter.get(), HasSubstr("was lost"));
    EXPECT_FALSE(root.alive());
    EXPECT_THROW(root.run("true"), SessionLost);
}

TEST(RemoteShell, IsNotStartedWhenTheServerAllowsNoSession) {
    const LocalSshd sshd("MaxSessions 0");
    auto session = sshd.connect();
    RemoteShell root(session, shell);
    EXPECT_THAT(messageOf<TransportError>([&] { root.run("true"); }), StartsWith("cannot run the script 'true': "));
    EXPECT_FALSE(root.alive());
}

}  // namespace
}  // namespace boxtest::testing
