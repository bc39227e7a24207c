#include "store/HolderNote.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

#include "Deadlines.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "store/Lease.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::SizeIs;
using ::testing::StartsWith;

class HolderNoteTest : public testing::Test {
   protected:
    std::string read() const { return HolderNote::readBeside(lock_); }
    void write(const std::string& text) const { std::ofstream(HolderNote::besideOf(lock_), std::ios::binary) << text; }
    std::string ofThisProcess(const std::string& what) const {
        return " (process " + std::to_string(::getpid()) + ": " + what + ")";
    }

    TemporaryFolder folder_{"note"};
    fs::path lock_ = folder_.path() / "key.lock";
    RecordingLog log_;
};

TEST_F(HolderNoteTest, SaysWhatTheHolderWaitsForAndIsGoneAfterwards) {
    EXPECT_EQ(read(), "");
    {
        HolderNote note(lock_, log_);
        EXPECT_EQ(read(), ofThisProcess("it has just begun"));
        const auto deadline = soon();
        for (const auto* what : {"the guest to grow quiet and all that is longer than the next one", "SSH (1 of 7)"}) {
            while (read() != ofThisProcess(what)) {
                note.waiting(what, {});
                pauseBetweenTries(std::chrono::milliseconds(20), deadline);
            }
        }
        note.line("there");
    }
    EXPECT_EQ(read(), "");
    EXPECT_FALSE(fs::exists(HolderNote::besideOf(lock_)));
    EXPECT_THAT(log_.lines(), ElementsAre("there"));
    EXPECT_THAT(log_.waits(), SizeIs(2));
}

TEST_F(HolderNoteTest, AnythingElseInItsPlaceIsNotShown) {
    for (const auto* const text : {"", "\n", "\n\n", "4711", "4711\n", "4711\nSSH (1 of", "4711\n\n", "SSH\n4711\n",
                                   "47 11\nSSH\n", "-1\nSSH\n", "12345678901\nSSH\n"}) {
        write(text);
        EXPECT_EQ(read(), "") << text;
    }
    fs::remove(HolderNote::besideOf(lock_));
    fs::create_directory(HolderNote::besideOf(lock_));
    EXPECT_EQ(read(), "");
    fs::remove(HolderNote::besideOf(lock_));
    ASSERT_EQ(::mkfifo(HolderNote::besideOf(lock_).c_str(), 0600), 0);
    EXPECT_EQ(read(), "");
    fs::remove(HolderNote::besideOf(lock_));
    std::ofstream(folder_.path() / "elsewhere") << "4711\nSSH\n";
    fs::create_symlink(folder_.path() / "elsewhere", HolderNote::besideOf(lock_));
    EXPECT_EQ(read(), "");
}

TEST_F(HolderNoteTest, ForeignTextIsPrintableAndShort) {
    write("4711\n\x1b[31mred\x07 \xc3\xa4, \r.\n");
    EXPECT_EQ(read(), " (process 4711: ?[31mred? ??, ?.)");
    write("4711\n" + std::string(300, 'x') + "\n");
    EXPECT_THAT(read(), AllOf(StartsWith(" (process 4711: xxx"), EndsWith("x...)")));
    EXPECT_LT(read().size(), 160U);
    // The rest of a longer text, which a new one is being written over.
    write("4711\nSSH\n (1 of 7)\n");
    EXPECT_EQ(read(), " (process 4711: SSH)");
}

TEST_F(HolderNoteTest, ThatOfAProcessThatWasKilledLongAgoIsNotShown) {
    write("4711\nSSH\n");
    EXPECT_NE(read(), "");
    fs::last_write_time(HolderNote::besideOf(lock_), fs::file_time_type::clock::now() - std::chrono::minutes(2));
    EXPECT_EQ(read(), "");
}

TEST_F(HolderNoteTest, IsShownToWhoWaitsForTheLease) {
    const Lease::LockFile lock{.path = lock_};
    auto held = Lease::tryTake(lock, Lease::Kind::exclusive);
    ASSERT_TRUE(held);
    RecordingLog waits;
    auto waiting = std::async(std::launch::async, [&] {
        return static_cast<bool>(Lease::wait(lock, Lease::Kind::shared, "the builder", waits, nullptr, soon()));
    });
    {
        HolderNote note(lock_, log_);
        const auto deadline = soon();
        const auto shown = "the builder" + ofThisProcess("SSH (1 of 7)");
        for (auto seen = waits.waits(); seen.empty() || seen.back() != shown; seen = waits.waits()) {
            note.waiting("SSH (1 of 7)", {});
            pauseBetweenTries(std::chrono::milliseconds(20), deadline);
        }
    }
    held->release();
    EXPECT_TRUE(waiting.get());
    EXPECT_THAT(waits.waits(), Each(StartsWith("the builder")));
}

}  // namespace
}  // namespace boxtest
