#include "machine/MachineFolder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/TemporaryFolder.hpp"
#include "machine/AtomicFile.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class MachineFolderTest : public testing::Test {
   protected:
    TemporaryFolder home_{"mf"};
    ScopedVariable cache_{"XDG_CACHE_HOME", home_.path().string()};
    RecordingLog log_;
};

TEST_F(MachineFolderTest, IsPrivateAndGoesWithTheObject) {
    std::filesystem::path path;
    {
        const auto folder = MachineFolder::make(log_);
        path = folder.path();
        struct stat status {};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0700U);
        EXPECT_LE(path.string().size(), 98U);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(MachineFolderTest, WhatAKilledProcessLeftIsRemovedAndWhatLivesStays) {
    const auto living = MachineFolder::make(log_);
    const auto left = living.path().parent_path() / "leftover";
    std::filesystem::create_directories(left);
    writeFileAtomically(left / "overlay.qcow2", "x", 0600);
    const auto next = MachineFolder::make(log_);
    EXPECT_FALSE(std::filesystem::exists(left));
    EXPECT_TRUE(std::filesystem::exists(living.path()));
    EXPECT_THAT(log_.lines(), ElementsAre(HasSubstr("removed '" + left.string() + "', left by a machine that was killed")));
}

TEST_F(MachineFolderTest, ALongCachePathFallsBackToAShortOne) {
    const ScopedVariable longer("XDG_CACHE_HOME", (home_.path() / std::string(120, 'x')).string());
    const ScopedVariable runtime("XDG_RUNTIME_DIR", home_.path().string());
    const auto folder = MachineFolder::make(log_);
    EXPECT_LE(folder.path().string().size(), 98U);
}

TEST_F(MachineFolderTest, KeptLogsOutliveTheFolderAndReplaceOlderOnes) {
    for (const std::string text : {"first", "second"}) {
        const auto folder = MachineFolder::make(log_);
        writeFileAtomically(folder.path() / "console.log", text, 0600);
        writeFileAtomically(folder.path() / "overlay.qcow2", "disk", 0600);
        folder.keepLogs();
    }
    EXPECT_EQ(readWholeFile(MachineFolder::keptLogs() / "console.log"), "second");
    EXPECT_FALSE(std::filesystem::exists(MachineFolder::keptLogs() / "overlay.qcow2"));
}

}  // namespace
}  // namespace boxtest
