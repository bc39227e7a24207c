#include "machine/MachineFolder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "base/AtomicFile.hpp"
#include "base/TemporaryFolder.hpp"
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

/// For example a folder that an earlier run under `sudo` left.
TEST_F(MachineFolderTest, AFolderOfAnotherUserIsPassedBy) {
    ASSERT_EQ(::geteuid(), 0U) << "only root can make a folder that belongs to another";
    const auto first = MachineFolder::make(log_);
    const auto foreign = first.path().parent_path() / "Ab3xYz";
    std::filesystem::create_directory(foreign);
    writeFileAtomically(foreign / "lock", "", 0600);
    ASSERT_EQ(::chmod(foreign.c_str(), 0700), 0);
    ASSERT_EQ(::chown((foreign / "lock").c_str(), 1234, 1234), 0);
    ASSERT_EQ(::chown(foreign.c_str(), 1234, 1234), 0);
    const auto child = ::fork();
    if (child == 0) {
        // Gives the cache folders to another user, and continues as that user.
        ::chown(home_.path().c_str(), 4321, 4321);
        for (const auto& entry :
             {home_.path() / "boxtest", home_.path() / "boxtest/machines", home_.path() / "boxtest/machines/lock"})
            ::chown(entry.c_str(), 4321, 4321);
        if (::setresgid(4321, 4321, 4321) != 0 || ::setresuid(4321, 4321, 4321) != 0) ::_exit(2);
        try {
            RecordingLog log;
            const auto made = MachineFolder::make(log);
            for (const auto& line : log.lines())
                if (line == "'" + foreign.string() + "' belongs to another user and is ignored") ::_exit(0);
            ::_exit(3);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            ::_exit(4);
        }
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(std::filesystem::exists(foreign));
}

TEST_F(MachineFolderTest, FoldersThatGoMeanwhileDoNoHarm) {
    const auto parent = MachineFolder::make(log_).path().parent_path();
    std::atomic<bool> over = false;
    // Imitates other processes: a folder is created under the parent's lock, and removed without it.
    std::thread others([&] {
        while (!over) {
            std::vector<MachineFolder> many;
            NullLog quiet;
            for (int i = 0; i < 20; ++i) many.push_back(MachineFolder::make(quiet));
        }
    });
    for (int i = 0; i < 200; ++i) EXPECT_NO_THROW(MachineFolder::make(log_)) << i;
    over = true;
    others.join();
    EXPECT_THAT(log_.lines(), testing::Not(testing::Contains(HasSubstr("cannot"))));
    EXPECT_TRUE(std::filesystem::exists(parent));
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
