#include "store/GuestStore.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/Error.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;

struct GuestStore : ::testing::Test {
    fs::path make(const std::string& name, int hoursOld) const {
        const auto folder = cache.path() / "boxtest/guests" / name;
        fs::create_directories(folder);
        std::ofstream(folder / "guest.json") << "{}";
        fs::last_write_time(folder / "guest.json", fs::file_time_type::clock::now() - std::chrono::hours(hoursOld));
        return folder;
    }
    TemporaryFolder cache{"cache"};
    ScopedVariable xdg{"XDG_CACHE_HOME", cache.path().string()};
    ScopedVariable named{"BOXTEST_GUEST", std::nullopt};
};

TEST_F(GuestStore, SaysWhatToTypeWhenThereIsNoGuest) {
    EXPECT_EQ(errorOf<UsageError>([] { findGuest({}); }),
              "there is no guest in '" + (cache.path() / "boxtest/guests").string() +
                  "': build one with ci/debian-guest/build (as root), or name one with --guest or BOXTEST_GUEST");
}

TEST_F(GuestStore, TakesTheNewestCompleteGuest) {
    make("aaa", 3);
    const auto newest = make("bbb", 1);
    make("ccc", 2);
    make(".building.ddd", 0);
    fs::create_directories(cache.path() / "boxtest/guests/eee");
    EXPECT_EQ(findGuest({}), newest);
}

TEST_F(GuestStore, TakesTheOneOfTheCurrentSourcesBeforeTheNewest) {
    const auto current = make("aaa", 3);
    make("bbb", 1);
    fs::create_symlink("aaa", cache.path() / "boxtest/guests/current");
    EXPECT_EQ(findGuest({}), current);
}

TEST_F(GuestStore, TakesTheNewestWhenTheCurrentOneIsGone) {
    const auto newest = make("bbb", 1);
    fs::create_symlink("gone", cache.path() / "boxtest/guests/current");
    EXPECT_EQ(findGuest({}), newest);
}

TEST_F(GuestStore, TakesTheOneThatTheEnvironmentNamesBeforeTheNewest) {
    const auto old = make("aaa", 3);
    make("bbb", 1);
    const ScopedVariable variable("BOXTEST_GUEST", old.string());
    EXPECT_EQ(findGuest({}), old);
}

TEST_F(GuestStore, TakesTheOneAskedForBeforeTheEnvironments) {
    const auto asked = make("aaa", 3);
    const ScopedVariable variable("BOXTEST_GUEST", make("bbb", 1).string());
    EXPECT_EQ(findGuest(asked), asked);
    EXPECT_EQ(findGuest(asked / "guest.json"), asked);
}

TEST_F(GuestStore, SaysWhoNamedTheGuestThatIsNotThere) {
    make("aaa", 3);
    EXPECT_EQ(errorOf<UsageError>([] { findGuest("/nonexistent/guest"); }), "there is no guest '/nonexistent/guest' (--guest)");
    EXPECT_EQ(errorOf<UsageError>([&] { findGuest(cache.path()); }),
              "the guest folder '" + cache.path().string() + "' (--guest) has no guest.json");
    const ScopedVariable variable("BOXTEST_GUEST", "/nonexistent/guest");
    EXPECT_EQ(errorOf<UsageError>([] { findGuest({}); }), "there is no guest '/nonexistent/guest' (BOXTEST_GUEST)");
}

}  // namespace
}  // namespace boxtest
