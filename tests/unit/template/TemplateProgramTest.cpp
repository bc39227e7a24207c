#include <gmock/gmock.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ready/BoxHooks.hpp"
#include "template/KeptExport.hpp"
#include "template/KeptMachine.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/FullDisk.hpp"
#include "unit/cli/ProgramFixture.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The real program, while it creates a template of a guest that never becomes ready.
class TemplateProgram : public ProgramFixture {
   protected:
    std::vector<std::string> words(const std::string& command) const {
        return {command, "--accel", "tcg", "--guest", guest_.folder().string()};
    }
    fs::path store() const { return home() / "cache" / "boxtest" / "templates"; }
    std::vector<fs::path> building() const {
        std::vector<fs::path> found;
        if (fs::exists(store()))
            for (const auto& entry : fs::directory_iterator(store()))
                if (entry.is_directory()) found.push_back(entry.path());
        return found;
    }
    void waitUntilBuilding() {
        waitUntil("a template is being made", [&] { return !qemus().empty() && !building().empty(); });
    }
    static bool hasOpen(pid_t pid, const std::string& ending) {
        std::error_code failed;
        for (const auto& fd : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", failed))
            if (fs::read_symlink(fd, failed).string().ends_with(ending)) return true;
        return false;
    }
    KeyedGuest guest_;
};

TEST_F(TemplateProgram, KilledLeavesNothingThatLooksFinishedAndTheNextOneStartsAnew) {
    auto killed = start(words("template"));
    waitUntilBuilding();
    killed.signal(SIGKILL);
    finish(killed);
    waitUntil("QEMU is gone", [&] { return qemus().empty(); });
    ASSERT_EQ(building().size(), 1U);
    EXPECT_FALSE(fs::exists(building()[0] / "template.json"));
    EXPECT_THAT(boxtest({"cache", "list"}).out, HasSubstr("template  broken"));

    auto next = start(words("template"));
    waitUntilBuilding();
    EXPECT_THAT(boxtest({"cache", "list"}).out, HasSubstr("template  building"));
    EXPECT_THAT(boxtest({"cache", "prune", "--all"}).out, HasSubstr("0 MiB are free again"));
    next.signal(SIGINT);
    const auto result = finish(next);
    EXPECT_EQ(result.status.code, 130) << result.err;
    EXPECT_TRUE(building().empty());
    expectNothingLeft();
}

TEST_F(TemplateProgram, OfTwoAtOnceOneMakesItAndTheOtherWaits) {
    auto first = start(words("template"));
    waitUntilBuilding();
    auto second = start(words("template"));
    waitUntil("the second one asks for the lock", [&] { return hasOpen(second.pid(), ".lock"); });
    EXPECT_EQ(qemus().size(), 1U);
    second.signal(SIGINT);
    EXPECT_EQ(finish(second).status.code, 130);
    EXPECT_EQ(qemus().size(), 1U) << "the first one goes on";
    first.signal(SIGINT);
    finish(first);
    expectNothingLeft();
}

TEST_F(TemplateProgram, WhoWaitsIsToldWhatTheOtherOneDoes) {
    auto first = start(words("template"));
    waitUntilBuilding();
    auto second = start(words("template"));
    const auto expected =
        "waiting for another boxtest that builds the template (process " + std::to_string(first.pid()) + ": SSH (1 of 7))";
    std::string said;
    std::array<char, 4096> buffer{};
    while (said.find(expected) == std::string::npos) {
        waitFor(second.error().get(), POLLIN, soon(), "the second one to say what the first one does; it says " + said);
        const auto got = ::read(second.error().get(), buffer.data(), buffer.size());
        ASSERT_GT(got, 0) << said;
        said.append(buffer.data(), static_cast<std::size_t>(got));
    }
    for (auto* process : {&second, &first}) {
        process->signal(SIGINT);
        finish(*process);
    }
    EXPECT_TRUE(building().empty());
    for (const auto& entry : fs::directory_iterator(store())) EXPECT_NE(entry.path().extension(), ".doing") << entry;
    expectNothingLeft();
}

TEST_F(TemplateProgram, UpWithoutATemplateTellsThatItMakesOne) {
    auto up = start(words("up"));
    waitUntilBuilding();
    EXPECT_EQ(status().at("state"), "starting");
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_THAT(finish(up).err, HasSubstr("there is no template of this guest yet: making it (once)"));
    EXPECT_TRUE(building().empty());
    expectNothingLeft();
}

TEST_F(TemplateProgram, UpFreshMakesNone) {
    auto more = words("up");
    more.emplace_back("--fresh");
    auto up = start(more);
    waitUntil("a machine is starting", [&] { return !qemus().empty(); });
    EXPECT_FALSE(fs::exists(store()));
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    finish(up);
    expectNothingLeft();
}

TEST_F(TemplateProgram, ResumeOfWhatWasNotKeptSaysSo) {
    const auto result = boxtest({"resume", "Nobody.Knows"});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("no machine was kept of 'Nobody.Knows'"));
    EXPECT_THAT(boxtest({"keep", "list"}).out, HasSubstr("no machine was kept"));
    EXPECT_THAT(boxtest({"cache", "list"}).out, HasSubstr("the cache is empty"));
}

/// The program with two guests in the store of its cache folder; one of them is the current guest.
class GuestsProgram : public ProgramFixture {
   protected:
    GuestsProgram() {
        fs::create_directories(guests());
        for (const auto* name : {"old", "today"}) fs::copy(guest_.folder(), guests() / name, fs::copy_options::recursive);
        fs::create_directory_symlink("today", guests() / "current");
    }
    fs::path guests() const { return home() / "cache" / "boxtest" / "guests"; }

    /// Starts a command on the old guest, and prunes the cache while the command's QEMU runs.
    CapturedOutput pruneDuring(std::vector<std::string> words) {
        words.insert(words.end(), {"--accel", "tcg", "--guest", (guests() / "old").string()});
        auto busy = start(words);
        waitUntil("QEMU runs", [&] { return !qemus().empty(); });
        auto pruned = boxtest({"cache", "prune", "--all"});
        EXPECT_TRUE(fs::exists(guests() / "old" / "guest.json")) << "a guest in use was removed\n" << pruned.out;
        EXPECT_THAT(boxtest({"cache", "list"}).out, HasSubstr("old  (in use"));
        busy.signal(SIGINT);
        finish(busy);
        return pruned;
    }
    KeyedGuest guest_;
};

TEST_F(GuestsProgram, AGuestStaysWhileItsTemplateIsMade) { pruneDuring({"template"}); }

TEST_F(GuestsProgram, AGuestStaysWhileAFreshRunBootsIt) { pruneDuring({"run", "--fresh"}); }

TEST_F(GuestsProgram, AGuestStaysWhileItIsUp) { pruneDuring({"up", "--fresh"}); }

TEST_F(GuestsProgram, AGuestThatNobodyUsesGoesAndTodaysStays) {
    EXPECT_THAT(boxtest({"cache", "prune"}).out, HasSubstr("removed guest"));
    EXPECT_FALSE(fs::exists(guests() / "old"));
    EXPECT_TRUE(fs::exists(guests() / "today" / "guest.json"));
}

TEST(FullDisk, WhileForkingSaysSo) {
    FakeTemplate made;
    const auto from = made.open();
    const FullDisk full(made.home.path() / "boxtest" / "machines", "1M");
    ASSERT_TRUE(full.mounted()) << "this test mounts a file system, which needs root";
    EXPECT_THAT(errorOf<SystemError>([&] { Fork::prepare(from, made.log, made.failure, boxtest::soon()); }),
                AllOf(HasSubstr("cannot fork a machine into"), HasSubstr("No space left on device")));
}

TEST(FullDisk, WhileMakingATemplateSaysSoAndLeavesNothing) {
    FakeTemplate made;
    fs::remove_all(made.store());
    const FullDisk full(made.store(), "64M");
    ASSERT_TRUE(full.mounted()) << "this test mounts a file system, which needs root";
    TemplateOptions options;
    options.boot = {.guestFolder = made.guest.folder(), .chosen = Accelerator{.kvm = false}};
    EXPECT_THAT(
        errorOf<SystemError>([&] { Template::findOrBuild(boxHooks(), options, made.log, made.failure, boxtest::soon()); }),
        ::testing::AllOf(HasSubstr("cannot make a template: it may need 768 MiB"), HasSubstr("No space left on device")));
    for (const auto& entry : fs::directory_iterator(made.store())) EXPECT_EQ(entry.path().extension(), ".lock") << entry.path();
}

TEST(FullDisk, WhileExportingSaysSoAndLeavesNoFile) {
    FakeTemplate made;
    const auto fork = made.fork();
    fork->run(boxtest::soon());
    fork->keep(made.home.path() / "kept", boxtest::soon());
    const auto kept = KeptMachine::load(made.home.path() / "kept");
    const auto full = made.home.path() / "full";
    const FullDisk disk(full, "64K");
    ASSERT_TRUE(disk.mounted()) << "this test mounts a file system, which needs root";
    {
        std::ofstream filler(full / "filler");
        while (filler << std::string(4096, 'x') << std::flush) {
        }
    }
    for (const bool difference : {false, true}) {
        const auto file = full / "failure.boxtest";
        const auto said = errorOf<SystemError>([&] {
            difference ? exportDifference(kept, file, made.log, boxtest::soon(), nullptr)
                       : exportKept(boxHooks(), kept, file, made.log, boxtest::soon(), nullptr);
        });
        EXPECT_THAT(said, ::testing::AllOf(HasSubstr("cannot write '" + file.string()), HasSubstr("No space left on device")));
        EXPECT_EQ(std::distance(fs::directory_iterator(full), fs::directory_iterator()), 1)
            << "something is left beside the filler";
    }
}

}  // namespace
}  // namespace boxtest
