#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>

#include "base/Event.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"
#include "ready/BoxHooks.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptStore.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Blocks every caller that logs a text beginning with `at`, until letGo() is called.
class HoldingLog final : public Log {
   public:
    explicit HoldingLog(std::string at) : at_(std::move(at)) {}
    void line(std::string_view text) override { come(text); }
    void waiting(std::string_view what, std::chrono::steady_clock::duration) override { come(what); }

    /// The number of callers that have logged such a text so far.
    int count() const { return count_; }
    void letGo() { go_.set(); }

   private:
    void come(std::string_view text) {
        if (!text.starts_with(at_)) return;
        ++count_;
        waitFor(go_.fd(), POLLIN, soon(), "the word to go on");
    }
    const std::string at_;
    std::atomic<int> count_ = 0;
    Event go_;
};

void waitUntil(const char* what, const std::function<bool()>& holds) {
    for (const auto deadline = soon(); !holds();) {
        if (deadline.expired()) return ADD_FAILURE() << "not in time: " << what, void();
        pauseBetweenTries(20ms, deadline);
    }
}

/// The number of open descriptors of this process for files whose names begin with `name`. While a process waits for a lock,
/// the lock file is open.
int timesOpen(const std::string& name) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code closed;
        count += fs::read_symlink(entry, closed).filename().string().starts_with(name) ? 1 : 0;
    }
    return count;
}

struct KeptAtOnce : ::testing::Test {
    KeptAtOnce() {
        const auto fork = made.fork();
        fork->describe("A.B", "it failed");
        fork->run(soon());
        fork->keep(folder, soon());
    }
    std::future<void> inBackground(std::function<void()> work) { return std::async(std::launch::async, std::move(work)); }
    void resumeNow() { Fork::resume(boxHooks(), KeptMachine::load(folder), made.log, made.failure, soon())->run(soon()); }

    FakeTemplate made;
    fs::path folder = made.home.path() / "boxtest" / "runs" / "1" / "kept" / "A.B";
};

TEST_F(KeptAtOnce, APackedStateStaysPlainForWhoeverChoseThePlainOne) {
    const auto base = KeptMachine::load(folder).base(boxHooks(), soon());
    ASSERT_EQ(base->state, folder / "state");
    compressKept(folder, made.log, soon());
    EXPECT_TRUE(fs::exists(base->state)) << "a resume that has begun lost its state";
    EXPECT_TRUE(fs::exists(folder / "state.zst"));
    resumeNow();
}

TEST_F(KeptAtOnce, ItIsResumedWhileItIsPacked) {
    HoldingLog held("packing");
    auto packing = inBackground([&] { compressKept(folder, held, soon()); });
    waitUntil("it is packed", [&] { return held.count() > 0; });
    EXPECT_NO_THROW(resumeNow());
    EXPECT_THAT(errorOf<UsageError>([&] { KeptStore::remove(KeptMachine::load(folder)); }), ::testing::HasSubstr("is in use"));
    held.letGo();
    packing.get();
}

TEST_F(KeptAtOnce, TwoPackItOnce) {
    HoldingLog held("packing");
    HoldingLog second("packing");
    auto one = inBackground([&] { compressKept(folder, held, soon()); });
    waitUntil("the first one packs", [&] { return held.count() > 0; });
    auto other = inBackground(
        [&] { exportKept(boxHooks(), KeptMachine::load(folder), made.home.path() / "file", second, soon(), nullptr); });
    waitUntil("the second one has come to it", [&] { return second.count() > 0 || timesOpen("packing") > 1; });
    EXPECT_EQ(second.count(), 0) << "both write the same file";
    second.letGo();
    held.letGo();
    EXPECT_NO_THROW(one.get());
    EXPECT_NO_THROW(other.get());
    EXPECT_FALSE(fs::exists(folder / "state"));
    EXPECT_FALSE(fs::exists(folder / "state.zst.part"));
    resumeNow();
}

TEST_F(KeptAtOnce, TwoImportAFileOnce) {
    const auto file = made.home.path() / "file";
    exportKept(boxHooks(), KeptMachine::load(folder), file, made.log, soon(), nullptr);
    HoldingLog held("unpacking");
    std::array<fs::path, 2> imported;
    auto one = inBackground([&] { imported[0] = importKept(boxHooks(), file, {}, held, soon(), nullptr).machine.folder; });
    waitUntil("the first one unpacks", [&] { return held.count() == 1; });
    auto other = inBackground([&] { imported[1] = importKept(boxHooks(), file, {}, held, soon(), nullptr).machine.folder; });
    waitUntil("the second one has come to it", [&] { return held.count() == 2 || timesOpen(".lock.") > 1; });
    EXPECT_EQ(held.count(), 1) << "both unpack it";
    held.letGo();
    EXPECT_NO_THROW(one.get());
    EXPECT_NO_THROW(other.get());
    EXPECT_EQ(imported[0], imported[1]);
    EXPECT_NO_THROW(Fork::resume(boxHooks(), KeptMachine::load(imported[0]), made.log, made.failure, soon())->run(soon()));
}

/// A template and its guest in the cache, where `cache prune` looks, and an exported machine that depends on them.
struct ImportedDifference : KeptAtOnce {
    ImportedDifference() {
        fs::create_directories(guest.parent_path());
        fs::copy(made.guest.folder(), guest, fs::copy_options::recursive);
        fs::remove_all(made.folder);
        made.make(Manifest::load(guest).guest());
        const auto kept = made.home.path() / "boxtest" / "runs" / "2" / "kept" / "A.B";
        {
            const auto fork = made.fork();
            fork->run(soon());
            fork->keep(kept, soon());
        }
        exportDifference(KeptMachine::load(kept), file, made.log, soon(), nullptr);
    }
    bool mayBeRemoved(const Lease::LockFile& lock) const {
        const auto alone = Lease::tryTake(lock, Lease::Kind::exclusive);
        return alone && *alone;
    }
    bool templateMayBeRemoved() const {
        return mayBeRemoved(store::templateLock(made.folder.parent_path(), made.folder.filename().string()));
    }

    fs::path guest = made.home.path() / "boxtest" / "guests" / "old";
    fs::path file = made.home.path() / "difference";
};

TEST_F(ImportedDifference, KeepsItsTemplateAndGuestUntilItIsResumed) {
    for (const auto* time : {"unpacked", "there already"}) {
        {
            const auto imported = importKept(boxHooks(), file, {}, made.log, soon(), nullptr);
            EXPECT_FALSE(templateMayBeRemoved()) << time;
            EXPECT_FALSE(mayBeRemoved(store::guestLock(guest))) << time;
        }
        EXPECT_TRUE(templateMayBeRemoved()) << time;
        EXPECT_TRUE(mayBeRemoved(store::guestLock(guest))) << time;
    }
}

/// An import must not wait between finding the template and putting the machine in place: during a wait the template may be
/// replaced or removed.
TEST_F(ImportedDifference, IsPutInPlaceUnderTheLeasesUnderWhichItsTemplateWasFound) {
    // The leftovers of a killed `keep remove`, under a shared lease: the import has to wait for them.
    const auto imported = importKept(boxHooks(), file, {}, made.log, soon(), nullptr).machine.folder;
    fs::remove(imported / KeptMachine::fileName);
    auto used = Lease::wait(store::keptLock(imported), Lease::Kind::shared, "", made.log, nullptr, soon());
    HoldingLog held("another boxtest that removes");
    auto importing = inBackground([&] { importKept(boxHooks(), file, {}, held, soon(), nullptr); });
    waitUntil("it waits for the remains", [&] { return held.count() > 0; });
    // The import has not looked for the template yet: it must use the template that exists after the wait.
    fs::remove_all(made.folder);
    used.release();
    held.letGo();
    EXPECT_THAT(errorOf<UsageError>([&] { importing.get(); }), ::testing::HasSubstr("which is neither in the cache nor in"));
}

TEST_F(KeptAtOnce, ExportedTwiceAtOnceIsTwoWholeFiles) {
    compressKept(folder, made.log, soon());
    HoldingLog held("the file to be written");
    const auto files = std::array{made.home.path() / "one", made.home.path() / "other"};
    std::array<std::future<void>, 2> exports;
    for (std::size_t i = 0; i < 2; ++i)
        exports[i] = inBackground([&, i] { exportKept(boxHooks(), KeptMachine::load(folder), files[i], held, soon(), nullptr); });
    waitUntil("both write", [&] { return held.count() == 2; });
    held.letGo();
    for (auto& one : exports) EXPECT_NO_THROW(one.get());
    for (const auto& file : files) {
        const auto imported = importKept(boxHooks(), file, {}, made.log, soon(), nullptr).machine;
        EXPECT_NO_THROW(Fork::resume(boxHooks(), imported, made.log, made.failure, soon())->run(soon())) << file;
    }
}

}  // namespace
}  // namespace boxtest
