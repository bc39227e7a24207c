#include "machine/SshConfig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "Deadlines.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

class SshConfigTest : public testing::Test {
   protected:
    /// The block for jane, of a machine in a folder with this name.
    std::string blockIn(const std::string& name) {
        info_.folder = home_.path() / name;
        fs::create_directory(info_.folder);
        return sshConfig(manifest_.guest(), info_, "jane");
    }

    TemporaryFolder home_{"ssh"};
    FakeGuest guest_;
    Manifest manifest_ = guest_.load();
    MachineInfo info_{
        .guestFolder = manifest_.folder, .folder = {}, .ports = {.ssh = 2022}, .qemuPid = 0, .accelerator = "tcg", .started = {}};
};

TEST_F(SshConfigTest, SshReadsItWhateverTheFolderIsCalled) {
    const std::string name = "a b%h#'\"$X\\c,*";
    writeFileAtomically(home_.path() / "config", blockIn(name), 0600);
    const auto read = runProgram({"ssh", "-G", "-F", (home_.path() / "config").string(), "boxtest-jane"}, soon());
    ASSERT_TRUE(read.succeeded()) << read.describe();
    // ssh expands percent signs in the name of the key later, when it opens the file.
    const auto folder = (home_.path() / name).string();
    const auto unexpanded = (home_.path() / "a b%%h#'\"$X\\c,*").string();
    for (const auto& line : {std::string("hostname 127.0.0.1"), std::string("port 2022"), std::string("user jane"),
                             "identityfile " + unexpanded + "/key-jane", "userknownhostsfile " + folder + "/known_hosts",
                             std::string("stricthostkeychecking true"), "hostkeyalias " + manifest_.names.domain})
        EXPECT_THAT("\n" + read.out, testing::HasSubstr("\n" + line + "\n"));
    EXPECT_TRUE(fs::exists(home_.path() / name / "key-jane"));
}

TEST_F(SshConfigTest, WhatCannotBeWrittenIsRefusedWithAdvice) {
    for (const auto* name : {"a${HOME}b", "a\nb"}) {
        try {
            blockIn(name);
            ADD_FAILURE() << name;
        } catch (const UsageError& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr("XDG_CACHE_HOME"));
        }
    }
}

TEST_F(SshConfigTest, AUserWithoutAKeyIsRefused) {
    info_.folder = home_.path();
    EXPECT_THROW(sshConfig(manifest_.guest(), info_, "stranger"), UsageError);
}

}  // namespace
}  // namespace boxtest
