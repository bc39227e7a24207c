#include "base/Folders.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

TEST(Folders, CacheFollowsXdgCacheHome) {
    const ScopedVariable xdg("XDG_CACHE_HOME", "/somewhere/cache");
    EXPECT_EQ(cacheFolder(), "/somewhere/cache/boxtest");
}

TEST(Folders, CacheIsBelowTheHomeFolderWithoutXdgCacheHome) {
    const ScopedVariable home("HOME", "/home/of/somebody");
    const ScopedVariable xdg("XDG_CACHE_HOME", std::nullopt);
    EXPECT_EQ(cacheFolder(), "/home/of/somebody/.cache/boxtest");
}

TEST(Folders, ARelativeXdgCacheHomeIsIgnored) {
    const ScopedVariable home("HOME", "/home/of/somebody");
    const ScopedVariable xdg("XDG_CACHE_HOME", "relative");
    EXPECT_EQ(cacheFolder(), "/home/of/somebody/.cache/boxtest");
}

TEST(Folders, ACacheOnADiskThatIsNotMountedIsNoEmptyCache) {
    const TemporaryFolder home("home");
    std::filesystem::create_directory_symlink(home.path() / "disk/cache", home.path() / "cache");
    const ScopedVariable xdg("XDG_CACHE_HOME", (home.path() / "cache").string());
    EXPECT_EQ(errorOf<SystemError>([] { cacheFolder(); }),
              "cannot use the cache folder '" + (home.path() / "cache/boxtest").string() + "': '" +
                  (home.path() / "cache").string() + "' is a link to '" + (home.path() / "disk/cache").string() +
                  "', which does not exist; is its disk mounted?: No such file or directory");
    std::filesystem::create_directories(home.path() / "disk/cache");
    EXPECT_EQ(cacheFolder(), home.path() / "cache/boxtest") << "an empty folder is an empty cache";
}

TEST(Folders, RuntimeFolderIsMadeBelowXdgRuntimeDirAndIsPrivate) {
    const TemporaryFolder run("run");
    const ScopedVariable xdg("XDG_RUNTIME_DIR", run.path().string());
    EXPECT_EQ(runtimeFolder(), run.path() / "boxtest");
    EXPECT_FALSE(std::filesystem::exists(run.path() / "boxtest")) << "only code that writes into it makes it";
    EXPECT_EQ(makeRuntimeFolder(), run.path() / "boxtest");
    struct stat found {};
    ASSERT_EQ(::stat((run.path() / "boxtest").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0700U);
    EXPECT_EQ(runtimeFolder(), run.path() / "boxtest");
}

TEST(Folders, RuntimeFolderIsInTmpWithoutAUsableXdgRuntimeDir) {
    const auto fallback = "/tmp/boxtest-" + std::to_string(::getuid());
    {
        const ScopedVariable xdg("XDG_RUNTIME_DIR", std::nullopt);
        EXPECT_EQ(runtimeFolder(), fallback);
    }
    {
        const ScopedVariable xdg("XDG_RUNTIME_DIR", "/nonexistent/run");
        EXPECT_EQ(runtimeFolder(), fallback);
    }
    const TemporaryFolder run("run");
    const auto deep = run.path() / std::string(60, 'd');
    std::filesystem::create_directory(deep);
    const ScopedVariable xdg("XDG_RUNTIME_DIR", deep.string());
    EXPECT_EQ(runtimeFolder(), fallback);
}

TEST(Folders, TheRuntimeFolderOfAnotherUserIsNotUsed) {
    const TemporaryFolder run("run");
    const ScopedVariable xdg("XDG_RUNTIME_DIR", run.path().string());
    EXPECT_EQ(whyNotXdgRuntimeDir(), "");
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    constexpr uid_t other = 12345;
    ASSERT_EQ(::chown(run.path().c_str(), other, other), 0);
    EXPECT_EQ(runtimeFolder(), "/tmp/boxtest-0");
    EXPECT_EQ(makeRuntimeFolder(), "/tmp/boxtest-0");
    EXPECT_TRUE(std::filesystem::is_empty(run.path())) << "root's folder there would lock the user out";
    EXPECT_EQ(whyNotXdgRuntimeDir(),
              "XDG_RUNTIME_DIR '" + run.path().string() + "' belongs to user 12345, not to you, and is not used");
}

TEST(Folders, ThePathOfAnotherUserIsKnownAlsoWhereItIsMissing) {
    const TemporaryFolder folder("owner");
    EXPECT_FALSE(belongsToAnotherUser(folder.path()));
    EXPECT_FALSE(belongsToAnotherUser(folder.path() / "missing/folder"));
    EXPECT_EQ(belongsToAnotherUser("/proc/boxtest-is-not-there/folder"), ::geteuid() != 0);
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
    ASSERT_EQ(::chown(folder.path().c_str(), 12345, 12345), 0);
    EXPECT_TRUE(belongsToAnotherUser(folder.path() / "missing/folder"));
}

TEST(Folders, ARuntimeFolderThatOthersCanEnterIsRefused) {
    const TemporaryFolder run("run");
    const ScopedVariable xdg("XDG_RUNTIME_DIR", run.path().string());
    const auto folder = run.path() / "boxtest";
    ASSERT_EQ(::mkdir(folder.c_str(), 0700), 0);
    ASSERT_EQ(::chmod(folder.c_str(), 0755), 0);
    EXPECT_EQ(errorOf<UsageError>([] { runtimeFolder(); }),
              "the runtime folder '" + folder.string() + "' is open to other users; close it: chmod 700 " + folder.string());
}

TEST(Folders, TheCommandThatClosesTheRuntimeFolderIsQuoted) {
    const TemporaryFolder run("run");
    const auto parent = run.path() / "it's a";
    std::filesystem::create_directories(parent / "boxtest");
    ASSERT_EQ(::chmod((parent / "boxtest").c_str(), 0755), 0);
    const ScopedVariable xdg("XDG_RUNTIME_DIR", parent.string());
    const auto message = errorOf<UsageError>([] { runtimeFolder(); });
    const std::string before = "close it: ";
    const auto command = message.substr(message.find(before) + before.size());
    EXPECT_TRUE(runProgram({"sh", "-c", command}, soon()).succeeded()) << command;
    EXPECT_EQ(runtimeFolder(), parent / "boxtest");
}

TEST(Folders, ASymbolicLinkInPlaceOfTheRuntimeFolderIsRefused) {
    const TemporaryFolder run("run");
    const ScopedVariable xdg("XDG_RUNTIME_DIR", run.path().string());
    std::filesystem::create_directory_symlink("/tmp", run.path() / "boxtest");
    EXPECT_EQ(errorOf<UsageError>([] { runtimeFolder(); }),
              "the runtime folder '" + (run.path() / "boxtest").string() + "' is not a folder; remove it");
}

}  // namespace
}  // namespace boxtest
