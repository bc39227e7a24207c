#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "machine/SshArguments.hpp"
#include "machine/SshFiles.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

class SshArgumentsTest : public testing::Test {
   protected:
    /// The paths contain all characters that ssh interprets, and characters that need quoting.
    TemporaryFolder home_{"ssh"};
    fs::path machine_ = home_.path() / "a%h%%\"'${X} b,c:d\n";
    FakeGuest guest_;
    Manifest manifest_ = guest_.load();
    MachineInfo info_{
        .guestFolder = manifest_.folder, .folder = machine_, .ports = {}, .qemuPid = 0, .accelerator = "tcg", .started = {}};
    fs::path key_ = manifest_.ssh.keyOf(manifest_.names.admin);

    void SetUp() override { fs::create_directory(machine_); }
};

TEST_F(SshArgumentsTest, NoWordHoldsAPathThatSshCouldTakeForItsOwn) {
    const auto start = sshArguments(manifest_.guest(), info_, manifest_.names.admin, {});
    EXPECT_EQ(start.folder, machine_);
    for (const auto& word : start.argv) EXPECT_EQ(word.find_first_of("%\"'$\\,\n"), std::string::npos) << word;
    EXPECT_THAT(start.argv,
                testing::IsSupersetOf({"UserKnownHostsFile=known_hosts", "IdentityFile=key-admin", "StrictHostKeyChecking=yes",
                                       "ServerAliveInterval=10", "ServerAliveCountMax=5"}));
}

TEST_F(SshArgumentsTest, TheKeyLiesBesideTheKnownHostsAndIsClosed) {
    fs::permissions(key_, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(putKey(manifest_.ssh, manifest_.names.admin, machine_), "key-admin");
        const auto copy = machine_ / "key-admin";
        EXPECT_EQ(fs::status(copy).permissions(), fs::perms::owner_read | fs::perms::owner_write);
        EXPECT_EQ(readWholeFile(copy), readWholeFile(key_));
    }
    writeFileAtomically(key_, "another", 0644);
    putKey(manifest_.ssh, manifest_.names.admin, machine_);
    EXPECT_EQ(readWholeFile(machine_ / "key-admin"), "another");
}

TEST_F(SshArgumentsTest, AUserWithoutAKeyIsRefused) {
    EXPECT_THROW(sshArguments(manifest_.guest(), info_, "stranger", {}), UsageError);
}

}  // namespace
}  // namespace boxtest
