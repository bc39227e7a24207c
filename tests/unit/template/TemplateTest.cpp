#include "template/Template.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/Error.hpp"
#include "ready/BoxHooks.hpp"
#include "template/CacheInventory.hpp"
#include "template/TemplateStore.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/WithoutRootsPowers.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TemplateOptions optionsFor(const FakeTemplate& made) {
    TemplateOptions options;
    options.boot = {.guestFolder = made.guest.folder(), .chosen = Accelerator{.kvm = false}};
    options.cpuModel = made.cpuModel;
    return options;
}

std::shared_ptr<const Template> findOrBuild(FakeTemplate& made) {
    return Template::findOrBuild(boxHooks(), optionsFor(made), made.log, made.failure, soon());
}

/// The error of a rebuild. The fake guest cannot become ready: an attempt to boot it shows that the template is rebuilt.
std::string errorOfRebuild(FakeTemplate& made) {
    const ScopedVariable dying("BOXTEST_FAKE_QEMU_BEHAVIOUR", "die-at-start");
    return errorOf<GuestError>([&] { findOrBuild(made); });
}

TEST(Template, IsFoundWhenNothingHasChanged) {
    FakeTemplate made;
    EXPECT_EQ(findOrBuild(made)->folder(), made.folder);
    EXPECT_TRUE(made.log.lines().empty());
}

/// For example, a CI restores its cache in another folder, or a home folder is moved.
TEST(Template, OfACacheThatMovedAsAWholeIsUsedWithItsGuest) {
    FakeTemplate made;
    const auto guest = made.home.path() / "boxtest" / "guests" / "g1";
    fs::create_directories(guest.parent_path());
    fs::copy(made.guest.folder(), guest, fs::copy_options::recursive);
    auto record = TemplateRecord::load(made.folder);
    record.guestFolder = guest;
    record.guestDisk = FileFacts::of(Manifest::load(guest).boot.disk);
    record.save(made.folder);
    const auto elsewhere = made.home.path() / "elsewhere";
    fs::create_directory(elsewhere);
    fs::rename(made.home.path() / "boxtest", elsewhere / "boxtest");
    const ScopedVariable cache("XDG_CACHE_HOME", elsewhere.string());
    const auto opened = Template::open(boxHooks(), elsewhere / "boxtest" / "templates" / made.folder.filename(), soon());
    EXPECT_EQ(opened->guest().folder, elsewhere / "boxtest" / "guests" / "g1");
    const auto items = CacheInventory::take(boxHooks()).items();
    EXPECT_THAT(items, Contains(testing::AllOf(testing::Field(&CacheItem::kind, "template"),
                                               testing::Field(&CacheItem::state, "frozen"))));
}

TEST(Template, RestoredFromAnArchiveThatKeepsWholeSecondsIsWhole) {
    FakeTemplate made;
    struct stat found {};
    ASSERT_EQ(::stat((made.folder / "ram").c_str(), &found), 0);
    const std::array<timespec, 2> times{timespec{found.st_mtim.tv_sec, 0}, timespec{found.st_mtim.tv_sec, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (made.folder / "ram").c_str(), times.data(), 0), 0);
    EXPECT_NO_THROW(made.open());
}

TEST(Template, IsMadeAnewForEachThingThatItsStateDependsOn) {
    FakeTemplate made;
    const auto manifest = made.guest.load().guest();
    const auto key = [](const Guest& of, const QemuProgram& qemu, bool kvm, const std::string& cpu) {
        return sha256(TemplateRecord::inputsOf({.guest = of, .qemu = qemu, .accelerator = {.kvm = kvm}, .cpuModel = cpu},
                                               boxHooks().warmUpVersion())
                          .dump());
    };
    const auto now = key(manifest, fakeQemu(), false, "max");
    EXPECT_EQ(now, made.open()->key());
    auto newer = fakeQemu();
    newer.version = "10.1.0 (fake)";
    EXPECT_NE(key(manifest, newer, false, "max"), now);
    EXPECT_NE(key(manifest, fakeQemu(), true, "max"), now);
    EXPECT_NE(key(manifest, fakeQemu(), false, "Haswell"), now);
    auto changed = manifest;
    changed.id = "fedcba9876543210";
    EXPECT_NE(key(changed, fakeQemu(), false, "max"), now);
    changed = manifest;
    changed.memoryMiB += 1;
    EXPECT_NE(key(changed, fakeQemu(), false, "max"), now);
    changed = manifest;
    changed.boot.commandLine += " quiet";
    EXPECT_NE(key(changed, fakeQemu(), false, "max"), now);
    // The locations of files are not part of the key.
    changed = manifest;
    changed.boot.kernel = "/elsewhere/vmlinuz";
    auto moved = fakeQemu();
    moved.emulator = "/opt/qemu/" + moved.emulator.filename().string();
    EXPECT_EQ(key(changed, moved, false, "max"), now);
}

struct Damage {
    const char* what;
    std::function<void(FakeTemplate&)> make;
    const char* said;
};

std::vector<Damage> damages() {
    return {
        {"RAM is cut", [](FakeTemplate& t) { t.cut("ram", 3); }, "has 3 bytes instead of 1048576"},
        {"one byte of the state", [](FakeTemplate& t) { t.overwrite("state", "fake state 2\n"); }, "have changed"},
        {"the disk was written to", [](FakeTemplate& t) { t.overwrite("disk.qcow2", "a stand-iN\n"); }, "was written to"},
        {"the RAM is gone", [](FakeTemplate& t) { fs::remove(t.folder / "ram"); }, "No such file"},
        {"the guest's disk is another", [](FakeTemplate& t) { t.guest.write("disk.raw", "another guest's\n"); },
         "the guest's disk is another"},
        {"its record is cut", [](FakeTemplate& t) { t.cut("template.json", 40); }, "does not describe a template"},
    };
}

TEST(Template, ThatIsDamagedIsMadeAnewWithOneLineThatSaysWhy) {
    for (const auto& damage : damages()) {
        FakeTemplate made;
        damage.make(made);
        EXPECT_THAT(errorOfRebuild(made), HasSubstr("Cannot allocate memory")) << damage.what;
        EXPECT_THAT(made.log.lines(), Contains(AllOf(StartsWith("the template " + made.folder.filename().string().substr(0, 12) +
                                                                " is broken and is rebuilt: "),
                                                     HasSubstr(damage.said))))
            << damage.what;
        EXPECT_FALSE(fs::exists(made.store() / (".building." + made.folder.filename().string()))) << damage.what;
    }
}

TEST(Template, ThatIsDamagedAndSomebodyElsesIsRefused) {
    for (const auto& damage : damages()) {
        FakeTemplate made;
        damage.make(made);
        EXPECT_THAT(errorOf<UsageError>([&] { made.open(); }), HasSubstr(damage.said)) << damage.what;
    }
    EXPECT_THAT(errorOf<UsageError>([] { Template::open(boxHooks(), "/tmp", soon()); }), HasSubstr("'/tmp' is no template"));
}

TEST(Template, OfAnotherQemuIsRefusedAndInTheStoreNotEvenLookedAt) {
    FakeTemplate made;
    const ScopedVariable newer("BOXTEST_FAKE_QEMU_VERSION", "10.1.0 (fake)");
    EXPECT_THAT(errorOf<UsageError>([&] { made.open(); }),
                HasSubstr("it was frozen by QEMU 10.0.2 (fake), and this is QEMU 10.1.0 (fake)"));
    errorOfRebuild(made);
    EXPECT_THAT(made.log.lines(), Contains("there is no template of this guest yet: making it (once)"));
}

/// Changes files as in the Nix store: readable for all users, writable for none, dated 1970, and, in a test that runs as root,
/// owned by another user.
void makeLikeNix(const fs::path& folder) {
    constexpr auto readable = fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read;
    constexpr auto searchable = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    const std::array<timespec, 2> times{{{1, 0}, {1, 0}}};
    std::vector<fs::path> all(fs::directory_iterator(folder), fs::directory_iterator{});
    all.push_back(folder);
    for (const auto& path : all) {
        fs::permissions(path, fs::is_directory(path) ? readable | searchable : readable);
        ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0) << path;
        ASSERT_TRUE(::geteuid() != 0 || ::chown(path.c_str(), 65534, 65534) == 0) << path;
    }
}

TEST(Template, MayBeInAStoreOfSomebodyElseThatNobodyWritesTo) {
    FakeTemplate made;
    const TemporaryFolder elsewhere("store");
    const auto stored = elsewhere.path() / "template";
    fs::copy(made.folder, stored);
    makeLikeNix(stored);
    {
        const WithoutRootsPowers powers;
        ASSERT_FALSE(std::ofstream(stored / "ram", std::ios::app).is_open()) << "this store can be written to";
        const auto fork = Fork::prepare(Template::open(boxHooks(), stored, soon()), made.log, made.failure, soon());
        fork->run(soon());
        fork->keep(elsewhere.path() / "kept", soon());
        fs::remove_all(elsewhere.path() / "kept");
    }
    fs::permissions(stored, fs::perms::owner_all);
}

TEST(Template, WhoseBuilderFailedLeavesNothing) {
    FakeTemplate made;
    fs::remove_all(made.folder);
    errorOfRebuild(made);
    for (const auto& entry : fs::directory_iterator(made.store()))
        EXPECT_THAT(entry.path().filename().string(), ::testing::EndsWith(".lock"));
}

TEST(Template, IsNotMadeByASecondOneWhileTheFirstMakesIt) {
    FakeTemplate made;
    const auto key = made.folder.filename().string();
    const auto held = TemplateStore(made.store()).tryLockExclusive(key);
    ASSERT_TRUE(held);
    EXPECT_EQ(errorOf<TimeoutError>([&] {
                  Template::findOrBuild(boxHooks(), optionsFor(made), made.log, made.failure,
                                        Deadline::in(std::chrono::milliseconds(300)));
              }),
              "timed out waiting for another boxtest that builds the template");
}

/// Publishes the template when findOrBuild() logs that it waits for the template's other users.
struct PublishesWhenWaitedFor final : Log {
    PublishesWhenWaitedFor(fs::path from, fs::path to) : aside(std::move(from)), published(std::move(to)) {}
    void line(std::string_view) override {}
    void waiting(std::string_view what, std::chrono::steady_clock::duration) override {
        if (what == "other users of the template" && fs::exists(aside)) fs::rename(aside, published);
    }
    fs::path aside;
    fs::path published;
};

TEST(Template, ThatSomebodyElseMadeAndUsesIsNotWaitedForUntilHeEnds) {
    FakeTemplate made;
    PublishesWhenWaitedFor log(made.store() / ".aside", made.folder);
    fs::rename(made.folder, log.aside);
    const auto used = TemplateStore(made.store()).tryLockShared(made.folder.filename().string());
    ASSERT_TRUE(used);
    EXPECT_EQ(Template::findOrBuild(boxHooks(), optionsFor(made), log, made.failure, soon())->folder(), made.folder);
}

TEST(CacheInventory, LeavesWhatIsInUseOrNeeded) {
    FakeTemplate made;
    const ScopedVariable none("BOXTEST_GUEST", std::nullopt);
    {
        const auto used = made.open();
        EXPECT_TRUE(CacheInventory::take(boxHooks()).prune(true, made.log).empty());
    }
    const auto fork = made.fork();
    fork->run(soon());
    fork->keep(made.home.path() / "boxtest" / "runs" / "1" / "kept" / "A.B", soon());
    fork->stop(soon());
    EXPECT_TRUE(CacheInventory::take(boxHooks()).prune(true, made.log).empty()) << "a kept machine stands on it";
    EXPECT_TRUE(fs::exists(made.folder));
}

TEST(CacheInventory, RemovesWhatNobodyNeeds) {
    FakeTemplate made;
    const ScopedVariable none("BOXTEST_GUEST", std::nullopt);
    fs::create_directory(made.store() / ".building.0123456789");
    const auto items = CacheInventory::take(boxHooks()).items();
    ASSERT_EQ(items.size(), 2U);
    const auto removed = CacheInventory::take(boxHooks()).prune(false, made.log);
    EXPECT_EQ(removed.size(), 2U);
    EXPECT_FALSE(fs::exists(made.folder));
    EXPECT_FALSE(fs::exists(made.store() / ".building.0123456789"));
}

TEST(CacheInventory, KeepsTheTemplateOfTodaysGuestUnlessAllIsAskedFor) {
    FakeTemplate made;
    const ScopedVariable today("BOXTEST_GUEST", made.guest.folder().string());
    EXPECT_TRUE(CacheInventory::take(boxHooks()).prune(false, made.log).empty());
    EXPECT_EQ(CacheInventory::take(boxHooks()).prune(true, made.log).size(), 1U);
}

}  // namespace
}  // namespace boxtest
