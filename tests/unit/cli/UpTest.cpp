#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>

#include "base/Poll.hpp"

#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

/// The fake QEMU boots no guest, so that these machines stay "starting" until they are ended.
class Up : public ProgramFixture {
   protected:
    void waitUntilStarting() {
        waitUntil("a machine is starting", [&] { return !qemus().empty() && status().at("state") == "starting"; });
    }
    KeyedGuest guest_;
    std::vector<std::string> up_{"up", "--accel", "tcg", "--guest", guest_.folder().string()};
};

TEST_F(Up, WithoutAGuestItTellsTheCommandToType) {
    const auto result = boxtest({"up"});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("ci/debian-guest/build"));
}

TEST_F(Up, WhileItStartsStatusAndTheConsoleCanBeSeen) {
    auto up = start(up_);
    waitUntil("QEMU is told of", [&] { return status().contains("machine"); });
    const auto told = boxtest({"status"});
    EXPECT_THAT(told.out, HasSubstr("starting"));
    waitUntil("the console is shown", [&] { return boxtest({"logs"}).out.find("Linux version") != std::string::npos; });
    const auto ssh = boxtest({"ssh", "admin"});
    EXPECT_EQ(ssh.status.code, 2);
    EXPECT_THAT(ssh.err, HasSubstr("the machine is still starting"));
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    finish(up);
}

TEST_F(Up, CtrlCEndsTheKeeperAndQemu) {
    auto up = start(up_);
    waitUntilStarting();
    up.signal(SIGINT);
    const auto result = finish(up);
    EXPECT_EQ(result.status.code, 130) << result.err;
    expectNothingLeft();
    EXPECT_EQ(status().at("state"), "down");
}

TEST_F(Up, TheKeeperEndsWhenItsStarterIsKilled) {
    auto up = start(up_);
    waitUntilStarting();
    up.signal(SIGKILL);
    finish(up);
    waitUntil("the keeper has ended", [&] { return status().at("state") == "down"; });
    waitUntil("its processes are gone", [&] { return processesOfHome("boxtest").empty() && qemus().empty(); });
    expectNothingLeft();
}

TEST_F(Up, DownEndsAMachineThatStillStarts) {
    auto up = start(up_);
    waitUntilStarting();
    const auto down = boxtest({"down"});
    EXPECT_EQ(down.status.code, 0) << down.err;
    EXPECT_TRUE(qemus().empty()) << "down returned before QEMU was gone";
    const auto result = finish(up);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("ended before it was ready: `boxtest down`"));
    expectNothingLeft();
}

/// The second `up` would use a machine that comes up. This machine does not come up; then the second `up` starts one.
TEST_F(Up, OfTwoAtOnceOneStartsTheMachineAndTheOtherWaits) {
    auto first = start(up_);
    waitUntilStarting();
    auto second = start(up_);
    waitFor(second.error().get(), POLLIN, soon(), "the second to say what it waits for");
    EXPECT_EQ(qemus().size(), 1U);
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_EQ(finish(first).status.code, 3);
    waitUntilStarting();
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    const auto result = finish(second);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("another `boxtest up`, which is starting a machine"));
    expectNothingLeft();
}

TEST_F(Up, OneThatWaitsForAnotherCanBeInterrupted) {
    auto first = start(up_);
    waitUntilStarting();
    auto second = start(up_);
    waitFor(second.error().get(), POLLIN, soon(), "the second to say what it waits for");
    second.signal(SIGINT);
    EXPECT_EQ(finish(second).status.code, 130);
    EXPECT_EQ(status().at("state"), "starting") << "the first goes on";
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    finish(first);
}

TEST_F(Up, TheKeeperNoticesThatItsRuntimeFolderIsGone) {
    auto up = start(up_);
    waitUntilStarting();
    std::filesystem::remove_all(runtime());
    const auto result = finish(up);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("is gone: nobody could reach the machine any more"));
    waitUntil("its processes are gone", [&] { return processesOfHome("boxtest").empty() && qemus().empty(); });
    expectNothingLeft();
}

TEST_F(Up, AKilledKeeperTakesQemuWithItAndIsCleanedUpAfter) {
    auto up = start(up_);
    waitUntilStarting();
    const auto keeper = status().at("keeper_pid").get<pid_t>();
    ASSERT_EQ(::kill(keeper, SIGKILL), 0);
    const auto result = finish(up);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("keeper died before the guest was ready"));
    waitUntil("QEMU is gone", [&] { return qemus().empty(); });
    const auto told = boxtest({"status"});
    EXPECT_EQ(told.status.code, 0);
    EXPECT_THAT(told.out, HasSubstr("no machine is up"));

    auto next = start(up_);
    waitUntilStarting();
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_THAT(finish(next).err, HasSubstr("left by a machine that was killed"));
    expectNothingLeft();
}

TEST_F(Up, APanicEndsItWithThePanicsTextAndKeepsTheConsole) {
    KeyedGuest panicking("fake.panic-after-ports");
    const auto result = boxtest({"up", "--accel", "tcg", "--guest", panicking.folder().string()});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("Kernel panic - not syncing: Fatal exception"));
    expectNothingLeft();
    const auto logs = boxtest({"logs", "console"});
    EXPECT_EQ(logs.status.code, 0) << logs.err;
    EXPECT_THAT(logs.out, HasSubstr("Kernel panic - not syncing"));
    EXPECT_THAT(logs.err, HasSubstr("the last one that failed"));
}

TEST_F(Up, AQemuThatDiesEndsItWithItsLastWords) {
    KeyedGuest dying("fake.die-at-start");
    const auto result = boxtest({"up", "--accel", "tcg", "--guest", dying.folder().string()});
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("Cannot allocate memory"));
    expectNothingLeft();
}

TEST_F(Up, AGuestThatIsNotReadyInTimeIsNamedWithWhatWasMissing) {
    auto words = up_;
    words.insert(words.end(), {"--timeout", "3"});
    const auto result = boxtest(words);
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.err, HasSubstr("timed out waiting for SSH"));
    expectNothingLeft();
}

TEST_F(Up, InTheForegroundItEndsBySigterm) {
    auto words = up_;
    words.emplace_back("--foreground");
    auto up = start(words);
    waitUntilStarting();
    up.signal(SIGTERM);
    const auto result = finish(up);
    EXPECT_EQ(result.status.code, 130) << result.err;
    expectNothingLeft();
}

}  // namespace
}  // namespace boxtest
