#include "store/Lease.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "store/RunFolder.hpp"
#include "store/StagingFolder.hpp"
#include "store/Store.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "unit/base/WithoutRootsPowers.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using Kind = Lease::Kind;
using ::testing::HasSubstr;

struct LeaseTest : ::testing::Test {
    Lease wait(Kind kind, Deadline deadline) { return Lease::wait(lock, kind, "somebody else", log, nullptr, deadline); }

    TemporaryFolder home{"lease"};
    ScopedVariable cache{"XDG_CACHE_HOME", home.path().string()};
    Lease::LockFile lock{.path = home.path() / "lock"};
    NullLog log;
};

/// For example a folder that an earlier run under `sudo` left: tryTake() skips it, and only wait() reports an error.
TEST_F(LeaseTest, OfAnotherUsersThingIsNotTakenAndNotWaitedFor) {
    fs::create_directory(home.path() / "foreign");
    const Lease::LockFile foreign{.path = home.path() / "foreign" / "lock"};
    fs::permissions(home.path() / "foreign", fs::perms::none);
    const WithoutRootsPowers user;
    EXPECT_FALSE(Lease::tryTake(foreign, Kind::exclusive).has_value());
    EXPECT_THAT(errorOf<SystemError>([&] { Lease::wait(foreign, Kind::shared, "somebody", log, nullptr, soon()); }),
                HasSubstr("Permission denied"));
}

TEST_F(LeaseTest, IsSharedByManyAndExcludesWhoWantsItAlone) {
    const auto one = wait(Kind::shared, soon());
    auto other = wait(Kind::shared, soon());
    EXPECT_FALSE(Lease::tryTake(lock, Kind::exclusive));
    EXPECT_EQ(errorOf<TimeoutError>([&] { wait(Kind::exclusive, Deadline::in({})); }), "timed out waiting for somebody else");
    EXPECT_TRUE(one);
}

TEST_F(LeaseTest, EndsTheWaitWithTheLatch) {
    const auto alone = wait(Kind::exclusive, soon());
    FailureLatch failure;
    failure.declare("interrupted");
    EXPECT_EQ(errorOf<GuestError>([&] { Lease::wait(lock, Kind::shared, "it", log, &failure, soon()); }), "interrupted");
}

TEST_F(LeaseTest, OfAFileThatWasReplacedMeanwhileIsTakenOnTheNewOne) {
    auto old = wait(Kind::exclusive, soon());
    fs::remove(lock.path);
    const auto next = wait(Kind::exclusive, soon());
    ASSERT_TRUE(next) << "the new file is nobody's";
    old.release();
    EXPECT_FALSE(Lease::tryTake(lock, Kind::shared));
}

TEST_F(LeaseTest, OfAFolderThatIsGoneIsEmpty) {
    const Lease::LockFile thing{.path = home.path() / "thing", .isThing = true};
    EXPECT_FALSE(*Lease::tryTake(thing, Kind::shared));
    fs::create_directory(thing.path);
    EXPECT_TRUE(*Lease::tryTake(thing, Kind::shared));
}

TEST_F(LeaseTest, GoesWithItsProcessHoweverThatEndsAndIsNotItsChilds) {
    std::array<int, 2> taken{};
    ASSERT_EQ(::pipe(taken.data()), 0);
    const auto holder = ::fork();
    if (holder == 0) {
        const auto alone = wait(Kind::exclusive, soon());
        ProcessOptions options;
        options.dieWithParent = false;
        auto child = Process::start({"sleep", "600"}, options);
        const auto pid = child.pid();
        [[maybe_unused]] const auto written = ::write(taken[1], &pid, sizeof pid);
        for (;;) ::pause();
    }
    pid_t child = 0;
    ASSERT_EQ(::read(taken[0], &child, sizeof child), static_cast<ssize_t>(sizeof child));
    EXPECT_FALSE(Lease::tryTake(lock, Kind::shared));
    ASSERT_EQ(::kill(holder, SIGKILL), 0);
    ASSERT_EQ(::waitpid(holder, nullptr, 0), holder);
    EXPECT_TRUE(wait(Kind::exclusive, soon()));
    EXPECT_EQ(::kill(child, 0), 0) << "the child lives on";
    ::kill(child, SIGKILL);
}

TEST_F(LeaseTest, IsOnTheThingThatAFileLiesIn) {
    fs::create_directories(store::guests() / "g");
    fs::create_directories(store::runs() / "r" / "kept" / "A.B" / "0");
    std::ofstream(store::runs() / "r" / "kept" / "A.B" / "0" / "kept.json") << "{}";
    fs::create_directory_symlink("g", store::guests() / "current");
    using Thing = store::Thing;
    EXPECT_EQ(store::thingOf(store::guests() / "current" / "disk.raw"), (Thing{Thing::Kind::guest, store::guests() / "g"}));
    EXPECT_EQ(store::thingOf(store::templates() / "k" / "ram"), (Thing{Thing::Kind::templateOf, store::templates() / "k"}));
    EXPECT_EQ(store::thingOf(store::runs() / "r" / "kept" / "A.B" / "0" / "disk.qcow2"),
              (Thing{Thing::Kind::kept, store::runs() / "r" / "kept" / "A.B" / "0"}));
    EXPECT_EQ(store::thingOf(store::runs() / "r" / "kept" / "A.B").kind, Thing::Kind::none);
    EXPECT_EQ(store::thingOf("/nix/store/guest").kind, Thing::Kind::none);
    EXPECT_FALSE(store::use("/nix/store/guest", log, nullptr, soon()));
}

TEST_F(LeaseTest, OfWhatWasRemovedSaysWhatToDo) {
    EXPECT_THAT(errorOf<UsageError>([&] { store::use(store::guests() / "g" / "guest.json", log, nullptr, soon()); }),
                HasSubstr("was removed meanwhile: build it again with ci/debian-guest/build"));
    EXPECT_FALSE(fs::exists(store::guests())) << "looking made something";
}

TEST_F(LeaseTest, StagingOfAKilledProcessIsRemovedAndThatOfALivingOneStays) {
    const StagingFolder living(".export");
    fs::create_directory(store::imported() / ".import.killed");
    fs::create_directory(store::imported() / "0123456789abcdef");
    StagingFolder::removeLeft();
    EXPECT_TRUE(fs::exists(living.path()));
    EXPECT_FALSE(fs::exists(store::imported() / ".import.killed"));
    EXPECT_TRUE(fs::exists(store::imported() / "0123456789abcdef"));
}

TEST_F(LeaseTest, RunsOfOneSecondHaveFoldersOfTheirOwn) {
    const RunFolder one, other;
    EXPECT_NE(one.path(), other.path());
    EXPECT_TRUE(fs::exists(one.path()));
}

}  // namespace
}  // namespace boxtest
