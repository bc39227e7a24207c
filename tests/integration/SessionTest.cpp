#include "ssh/Session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <thread>

#include "Deadlines.hpp"
#include "integration/SessionFixture.hpp"

namespace boxtest::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using SessionTest = SessionFixture;

TEST_F(SessionTest, TellsExitStatusAndKeepsStdoutAndStderrApart) {
    const auto result = session_.run("echo out; echo err >&2; exit 7");
    EXPECT_EQ(result.exitStatus, 7);
    EXPECT_FALSE(result.signal);
    EXPECT_EQ(result.out, "out\n");
    EXPECT_EQ(result.err, "err\n");
    EXPECT_FALSE(result.succeeded());
    EXPECT_EQ(result.describe(), "exit status 7; stdout: 'out\n'; stderr: 'err\n'");
}

TEST_F(SessionTest, TellsTheSignalThatKilledTheCommand) {
    const auto result = session_.run("kill -KILL $$");
    EXPECT_EQ(result.signal, "KILL");
    EXPECT_FALSE(result.exitStatus);
    EXPECT_THAT(result.describe(), StartsWith("killed by SIGKILL"));
}

TEST_F(SessionTest, GivesTheInputAndItsEnd) {
    const auto result = session_.run("cat; echo end", {.input = "some input\n"});
    EXPECT_EQ(result.out, "some input\nend\n");
    EXPECT_EQ(session_.run("cat; echo end").out, "end\n");
}

TEST_F(SessionTest, CarriesBinaryBytesBothWays) {
    std::string bytes;
    for (int i = 0; i < 256 * 40; ++i) bytes += static_cast<char>(i % 256);
    const auto result = session_.run("cat; cat >&2 </dev/null", {.input = bytes});
    EXPECT_EQ(result.exitStatus, 0);
    EXPECT_TRUE(result.out == bytes) << result.out.size() << " bytes came back";
}

TEST_F(SessionTest, CarriesMoreThan32MiBOfOutput) {
    constexpr std::size_t size = std::size_t{40} << 20;
    const auto result = session_.run("head -c 41943040 /dev/zero | tr '\\0' x; echo done >&2");
    EXPECT_EQ(result.exitStatus, 0);
    EXPECT_EQ(result.out.size(), size);
    EXPECT_TRUE(std::all_of(result.out.begin(), result.out.end(), [](char c) { return c == 'x'; }));
    EXPECT_EQ(result.err, "done\n");
}

TEST_F(SessionTest, CarriesLargeInputThroughACommandThatEchoesIt) {
    std::string bytes;
    bytes.reserve(std::size_t{8} << 20);
    for (std::size_t i = 0; i < std::size_t{2} << 20; ++i) bytes += static_cast<char>(i * 31), bytes += "abc";
    const auto result = session_.run("cat", {.input = bytes});
    EXPECT_EQ(result.exitStatus, 0);
    EXPECT_TRUE(result.out == bytes) << result.out.size() << " bytes came back";
}

TEST_F(SessionTest, EndsWhenTheCommandDoesNotReadItsInput) {
    const auto result = session_.run("exit 3", {.input = std::string(std::size_t{10} << 20, 'x')});
    EXPECT_EQ(result.exitStatus, 3);
}

TEST_F(SessionTest, SurvivesACommandThatClosesItsInputAndGoesOn) {
    const auto result = session_.run("exec <&-; echo still here; exit 4", {.input = std::string(std::size_t{10} << 20, 'x')});
    EXPECT_EQ(result.exitStatus, 4);
    EXPECT_EQ(result.out, "still here\n");
}

TEST_F(SessionTest, WaitsForTheStatusOfACommandThatClosesItsOutputEarly) {
    const auto result = session_.run("echo before; exec >&- 2>&-; sleep 0.3; exit 5");
    EXPECT_EQ(result.exitStatus, 5);
    EXPECT_EQ(result.out, "before\n");
}

TEST_F(SessionTest, EndsACommandThatNeverEndsAtItsDeadlineWithTheOutputSoFar) {
    try {
        session_.run("echo first; while echo tick >&2; do sleep 0.1; done",
                     {.input = {}, .deadline = Deadline::in(std::chrono::milliseconds(1500))});
        FAIL() << "the command ended";
    } catch (const CommandTimeout& timeout) {
        EXPECT_EQ(timeout.kind(), ErrorKind::timeout);
        EXPECT_THAT(timeout.what(), StartsWith("timed out waiting for the command 'echo first;"));
        EXPECT_EQ(timeout.soFar().out, "first\n");
        EXPECT_THAT(timeout.soFar().err, StartsWith("tick\n"));
        EXPECT_FALSE(timeout.soFar().exitStatus);
    }
    EXPECT_EQ(session_.run("echo the session lives").out, "the session lives\n");
}

TEST_F(SessionTest, EndsACommandThatWritesMoreThanItsLimit) {
    try {
        session_.run("yes", {.input = {}, .deadline = soon(), .outputLimit = 100'000});
        FAIL() << "the command ended";
    } catch (const OutputLimitExceeded& error) {
        EXPECT_STREQ(error.what(), "the command 'yes' wrote more than 100000 bytes");
    }
    EXPECT_TRUE(session_.run("true").succeeded());
}

TEST_F(SessionTest, RunsManyCommandsAtOnce) {
    std::vector<std::future<CommandResult>> results;
    for (int i = 0; i < 40; ++i)
        results.push_back(
            std::async(std::launch::async, [this, i] { return session_.run("sleep 0.2; echo " + std::to_string(i)); }));
    for (int i = 0; i < 40; ++i) EXPECT_EQ(results[static_cast<std::size_t>(i)].get().out, std::to_string(i) + "\n");
}

TEST_F(SessionTest, RunsWordsWithoutTheShellReadingThem) {
    EXPECT_EQ(session_.run({"printf", "%s|", "a b", "$HOME", "it's", "", "*"}).out, "a b|$HOME|it's||*|");
    EXPECT_EQ(session_.run(std::vector<std::string>{"printf", "%s|", "x\ny", "\\"}).out, "x\ny|\\|");
}

TEST(Session, CommandsLeaveNoChannelsAtTheServer) {
    // More commands than the server's limit of open channels: each channel must have been closed. The limit has room for some
    // channels that the server is still closing: the loop in the command ends only when it writes its next line.
    const LocalSshd sshd("MaxSessions 4");
    auto session = sshd.connect();
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(session.run("true").succeeded());
    for (int i = 0; i < 5; ++i)
        EXPECT_THROW(
            session.run("while echo tick; do sleep 0.1; done", {.input = {}, .deadline = Deadline::in(std::chrono::seconds(1))}),
            CommandTimeout);
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(session.run("true").succeeded());
}

std::size_t openDescriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(Session, LeavesNoDescriptorsOpenHoweverItEnds) {
    LocalSshd sshd;
    auto wrong = sshd.target();
    wrong.hostKey = sshd.otherHostKey();
    std::size_t before = 0;
    for (int i = 0; i < 4; ++i) {
        {
            auto session = sshd.connect();
        }
        auto lost = sshd.connect();
        EXPECT_THROW(Session::connect(wrong, sshd.user(), sshd.key(), soon()), HostKeyError);
        EXPECT_THROW(Session::connect(sshd.target(), sshd.user(), sshd.strangersKey(), soon()), AuthenticationError);
        sshd.kill();  // also destroys the server objects, with their descriptors
        EXPECT_THROW(lost.run("true"), SessionLost);
        lost = sshd.connect();
        sshd.kill();
        EXPECT_THROW(lost.run("true"), SessionLost);
        if (i == 0) before = openDescriptors();
    }
    // The number of the server's own descriptors varies. A leak of one descriptor in each of three rounds would be detected.
    EXPECT_LT(openDescriptors(), before + 3);
}

TEST_F(SessionTest, CanBeMovedAndReplaced) {
    Session moved = std::move(session_);
    EXPECT_EQ(moved.user(), sshd_->user());
    EXPECT_TRUE(moved.run("true").succeeded());
    moved = sshd_->connect();
    EXPECT_TRUE(moved.alive());
    EXPECT_TRUE(moved.run("true").succeeded());
    session_ = std::move(moved);
}

TEST_F(SessionTest, OffersExactlyPublickey) {
    EXPECT_THAT(Session::offeredMethods(sshd_->target(), sshd_->user(), soon()), ElementsAre("publickey"));
}

TEST(Session, TellsEveryMethodThatTheServerOffers) {
    const LocalSshd sshd("PasswordAuthentication yes\nHostbasedAuthentication yes");
    EXPECT_THAT(Session::offeredMethods(sshd.target(), sshd.user(), soon()), ElementsAre("hostbased", "password", "publickey"));
}

TEST_F(SessionTest, RefusesAnotherHostKeyBeforeAuthenticating) {
    auto target = sshd_->target();
    target.hostKey = sshd_->otherHostKey();
    try {
        Session::connect(target, sshd_->user(), sshd_->key(), soon());
        FAIL() << "connected to another machine";
    } catch (const HostKeyError& error) {
        EXPECT_EQ(error.kind(), ErrorKind::transport);
        EXPECT_THAT(error.what(), AllOf(HasSubstr("another machine than expected: its host key is ssh-ed25519 SHA256:"),
                                        HasSubstr(", not ssh-ed25519 SHA256:")));
    }
}

TEST_F(SessionTest, RefusesAServerWithoutAHostKeyOfTheExpectedType) {
    auto target = sshd_->target();
    target.hostKey =
        "ecdsa-sha2-nistp256 "
        "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg"
        "6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";
    try {
        Session::connect(target, sshd_->user(), sshd_->key(), soon());
        FAIL() << "connected to another machine";
    } catch (const HostKeyError& error) {
        EXPECT_THAT(error.what(), HasSubstr("has no host key of type ecdsa-sha2-nistp256"));
    }
}

TEST_F(SessionTest, RefusedKeySaysWhatTheServerOffers) {
    try {
        Session::connect(sshd_->target(), sshd_->user(), sshd_->strangersKey(), soon());
        FAIL() << "logged in with a stranger's key";
    } catch (const AuthenticationError& error) {
        EXPECT_THAT(error.offeredMethods(), ElementsAre("publickey"));
        EXPECT_THAT(error.what(), AllOf(HasSubstr("refuses user '" + sshd_->user() + "'"), HasSubstr("it offers: publickey")));
    }
}

TEST_F(SessionTest, UnknownUserIsRefusedAsAnyOther) {
    EXPECT_THROW(Session::connect(sshd_->target(), "nobody-of-that-name", sshd_->key(), soon()), AuthenticationError);
}

TEST_F(SessionTest, MissingOrBrokenKeyFileIsAUsageError) {
    try {
        Session::connect(sshd_->target(), sshd_->user(), sshd_->folder() / "absent", soon());
        FAIL() << "connected without a key";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("cannot read the private key"), HasSubstr("no such file")));
    }
    EXPECT_THROW(Session::connect(sshd_->target(), sshd_->user(), sshd_->folder() / "sshd_config", soon()), UsageError);
}

TEST_F(SessionTest, BrokenHostKeyIsAUsageError) {
    auto target = sshd_->target();
    target.hostKey = "ssh-ed25519";
    EXPECT_THROW(Session::connect(target, sshd_->user(), sshd_->key(), soon()), UsageError);
}

TEST_F(SessionTest, CommandIsNotStartedWhenTheServerAllowsNoSession) {
    const LocalSshd sshd("MaxSessions 0");
    auto session = sshd.connect();
    try {
        session.run("true");
        FAIL() << "the command ran";
    } catch (const TransportError& error) {
        EXPECT_THAT(error.what(), StartsWith("cannot run the command 'true': the server opened no channel"));
    }
    EXPECT_TRUE(session.alive());
}

}  // namespace
}  // namespace boxtest::testing
