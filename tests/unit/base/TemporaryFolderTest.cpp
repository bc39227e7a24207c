#include "base/TemporaryFolder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

TEST(TemporaryFolder, IsPrivate) {
    const TemporaryFolder folder("test");
    struct stat found {};
    ASSERT_EQ(::stat(folder.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777, 0700U);
}

TEST(TemporaryFolder, GoesWithAllThatIsInIt) {
    std::filesystem::path path;
    {
        const TemporaryFolder folder("test");
        path = folder.path();
        std::filesystem::create_directories(path / "a/b");
        std::ofstream(path / "a/b/file") << "x";
        EXPECT_TRUE(std::filesystem::exists(path / "a/b/file"));
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, GoesOnceWhenItWasMoved) {
    std::optional<TemporaryFolder> first(std::in_place, "test");
    const auto path = first->path();
    TemporaryFolder second(std::move(*first));
    first.reset();
    EXPECT_TRUE(std::filesystem::exists(path));
    second = TemporaryFolder("other");
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, LeavesRoomForASocketEvenWhenTmpdirIsLong) {
    const TemporaryFolder outer("test");
    const auto deep = outer.path() / std::string(90, 'd');
    std::filesystem::create_directory(deep);
    const ScopedVariable tmpdir("TMPDIR", deep.string());
    const TemporaryFolder folder("test");
    EXPECT_LE(folder.path().native().size() + 50, 107U);
}

TEST(TemporaryFolder, IsInTmpWhenTmpdirIsGone) {
    const ScopedVariable tmpdir("TMPDIR", "/nonexistent");
    EXPECT_EQ(TemporaryFolder("test").path().parent_path(), "/tmp");
}

TEST(TemporaryFolder, IsInTmpWhenTmpdirMeansSomethingToOthers) {
    const TemporaryFolder outer("outer");
    for (const auto* name : {"a,b", "a%hb", "a\"b", "a${X}b"}) {
        std::filesystem::create_directory(outer.path() / name);
        const ScopedVariable tmpdir("TMPDIR", (outer.path() / name).string());
        EXPECT_EQ(TemporaryFolder("test").path().parent_path(), "/tmp") << "libpq splits its hosts at a comma, for instance";
    }
}

TEST(TemporaryFolder, SaysWhereItCouldNotBeMade) {
    const auto message = errorOf<SystemError>([] { TemporaryFolder("test", "/nonexistent"); });
    EXPECT_THAT(message, StartsWith("cannot make a temporary folder '/nonexistent/boxtest-test."));
    EXPECT_THAT(message, EndsWith("': No such file or directory"));
}

TEST(TemporaryFolder, OfAKilledProcessIsRemovedByTheNextAndThoseInUseStay) {
    const TemporaryFolder outer("outer");
    const ScopedVariable tmpdir("TMPDIR", outer.path().string());
    const TemporaryFolder living("living");
    // A folder of another program, or of an earlier version, which does not lock its folders.
    const auto foreign = outer.path() / "boxtest-tunnel.AbCdEf";
    std::filesystem::create_directory(foreign);
    const auto child = ::fork();
    if (child == 0) {
        const TemporaryFolder left("killed");
        std::ofstream(left.path() / "socket") << "x";
        ::_exit(0);
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(outer.path()), {}), 3);
    const TemporaryFolder next("next");
    EXPECT_TRUE(std::filesystem::exists(living.path()));
    EXPECT_TRUE(std::filesystem::exists(foreign));
    EXPECT_TRUE(std::filesystem::exists(next.path()));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(outer.path()), {}), 3);
}

}  // namespace
}  // namespace boxtest
