#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "base/Error.hpp"
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
using ::testing::StartsWith;

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

/// A kept machine, and the program that resumes it.
class ResumeProgram : public ProgramFixture {
   protected:
    ResumeProgram() {
        fs::create_directories(runtime());
        fs::permissions(runtime(), fs::perms::owner_all);
        const auto fork = made_.fork();
        fork->describe("PeerAuth.JaneIsJane", "expected jane, got root");
        fork->run(soon());
        fork->keep(home() / "cache" / "boxtest" / "runs" / "1" / "kept" / "PeerAuth.JaneIsJane", soon());
    }
    FakeTemplate made_;
};

TEST_F(ResumeProgram, KeepsItUpUntilDownAsOftenAsWanted) {
    for (int i = 0; i < 2; ++i) {
        const auto resumed = boxtest({"resume", "PeerAuth.JaneIsJane"});
        EXPECT_EQ(resumed.status.code, 0) << resumed.err;
        EXPECT_THAT(resumed.err, HasSubstr("expected jane, got root"));
        EXPECT_THAT(resumed.out, HasSubstr("boxtest ssh jane"));
        const auto told = status();
        EXPECT_EQ(told.at("state"), "ready");
        EXPECT_THAT(told.at("machine").at("kept").get<std::string>(), HasSubstr("PeerAuth.JaneIsJane"));
        EXPECT_THAT(boxtest({"resume", "PeerAuth.JaneIsJane"}).err, HasSubstr("a machine is up already"));
        EXPECT_THAT(boxtest({"keep", "remove", "PeerAuth.JaneIsJane"}).err, HasSubstr("is in use"));
        EXPECT_EQ(boxtest({"down"}).status.code, 0);
    }
    EXPECT_THAT(boxtest({"keep", "list"}).out, HasSubstr("PeerAuth.JaneIsJane"));
    EXPECT_EQ(boxtest({"keep", "remove", "PeerAuth.JaneIsJane"}).status.code, 0);
    expectNothingLeft();
}

/// The fake guest is not the box that the hooks wait for.
TEST_F(ResumeProgram, WhoseGuestRebootsAndDoesNotBecomeReadyStaysUp) {
    ASSERT_EQ(boxtest({"resume", "PeerAuth.JaneIsJane"}).status.code, 0);
    ASSERT_EQ(::kill(status().at("machine").at("qemu_pid").get<pid_t>(), SIGUSR1), 0);
    waitUntil("the reboot is over", [&] { return status().at("state") == "ready" && status().at("text") != ""; });
    EXPECT_THAT(boxtest({"status"}).out, AllOf(StartsWith("up ("), HasSubstr("after a reboot the guest is not ready: ")));
    EXPECT_EQ(qemus().size(), 1U);
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    expectNothingLeft();
}

TEST_F(ResumeProgram, WhoseKeeperIsKilledLeavesNoQemuAndResumesAgain) {
    ASSERT_EQ(boxtest({"resume", "PeerAuth.JaneIsJane"}).status.code, 0);
    EXPECT_THAT(boxtest({"status"}).out, HasSubstr("  from    what was kept in "));
    ASSERT_EQ(::kill(status().at("keeper_pid").get<pid_t>(), SIGKILL), 0);
    waitUntil("QEMU is gone", [&] { return qemus().empty(); });
    const auto again = boxtest({"resume", "PeerAuth.JaneIsJane"});
    EXPECT_EQ(again.status.code, 0) << again.err;
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    expectNothingLeft();
}

TEST_F(ResumeProgram, ItsRunsFolderStaysWhileItIsUp) {
    const auto runs = home() / "cache" / "boxtest" / "runs";
    for (int i = 10; i < 22; ++i) {
        const auto newer = runs / ("20210101-0000" + std::to_string(i) + "-1") / "kept" / "A.B";
        fs::create_directories(newer);
        std::ofstream(newer / "kept.json") << "{}";
    }
    ASSERT_EQ(boxtest({"resume", "PeerAuth.JaneIsJane"}).status.code, 0);
    fs::create_directory(home() / "template");
    std::ofstream(home() / "template" / "template.json") << R"({"accelerator": "tcg"})";
    const std::vector<std::string> run{"run", "--template", (home() / "template").string(), "PeerAuth.Root"};
    EXPECT_EQ(boxtest(run).status.code, 0);
    EXPECT_TRUE(fs::exists(runs / "1" / "kept" / "PeerAuth.JaneIsJane" / "kept.json")) << "it is up";
    EXPECT_FALSE(fs::exists(runs / "20210101-000010-1")) << "others go as ever";
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_EQ(boxtest(run).status.code, 0);
    EXPECT_FALSE(fs::exists(runs / "1"));
}

TEST_F(ResumeProgram, ResumesAnExportedFile) {
    const auto file = (home() / "failure.boxtest").string();
    const auto exported = boxtest({"keep", "export", "PeerAuth.JaneIsJane", file});
    EXPECT_EQ(exported.status.code, 0) << exported.err;
    const auto resumed = boxtest({"resume", file});
    EXPECT_EQ(resumed.status.code, 0) << resumed.err;
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
}

TEST_F(ResumeProgram, ResumesADifferenceOnItsTemplate) {
    const auto file = (home() / "failure.difference").string();
    const auto exported = boxtest({"keep", "export", "--difference", "PeerAuth.JaneIsJane", file});
    EXPECT_EQ(exported.status.code, 0) << exported.err;
    EXPECT_LT(fs::file_size(file), fs::file_size(made_.folder / "ram") / 10) << "its template's RAM is in it";
    EXPECT_EQ(boxtest({"keep", "remove", "PeerAuth.JaneIsJane"}).status.code, 0);
    const auto elsewhere = home() / "a template";
    fs::rename(made_.folder, elsewhere);
    const auto refused = boxtest({"resume", file});
    EXPECT_EQ(refused.status.code, 2);
    EXPECT_THAT(refused.err, HasSubstr("name a copy of it: --template FOLDER"));
    const auto resumed = boxtest({"resume", file, "--template", elsewhere.string()});
    EXPECT_EQ(resumed.status.code, 0) << resumed.err;
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    expectNothingLeft();
}

/// A report as in the Nix store, with the kept machine of a failed scenario.
class ResumeFromAReport : public ResumeProgram {
   protected:
    ResumeFromAReport() {
        const auto run = home() / "cache" / "boxtest" / "runs" / "1";
        compressKept(run / "kept" / "PeerAuth.JaneIsJane", made_.log, soon());
        fs::create_directories(report_);
        fs::rename(run, report_ / "runs");
        std::ofstream(report_ / "run.log") << "FAILED\n";
        fs::create_directory_symlink(report_, result_);
    }
    ~ResumeFromAReport() override {
        forAll([](const fs::path& path) { fs::permissions(path, fs::perms::owner_all); });
    }

    void close() const {
        forAll([](const fs::path& path) {
            fs::permissions(path, fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write,
                            fs::perm_options::remove);
        });
    }
    /// All paths of the report with their modification times, which show even a write by root (root ignores file modes).
    std::string inventory() const {
        std::string all;
        forAll([&](const fs::path& path) {
            all += path.string() + " " + std::to_string(fs::last_write_time(path).time_since_epoch().count()) + "\n";
        });
        return all;
    }
    void forAll(const std::function<void(const fs::path&)>& action) const {
        action(report_);
        for (const auto& entry : fs::recursive_directory_iterator(report_)) action(entry.path());
    }

    fs::path report_ = home() / "store" / "report";
    fs::path result_ = home() / "result";
};

TEST_F(ResumeFromAReport, WritesNothingThere) {
    close();
    const auto before = inventory();
    const auto resumed = boxtest({"resume", result_.string()});
    EXPECT_EQ(resumed.status.code, 0) << resumed.err;
    EXPECT_THAT(resumed.err, HasSubstr("expected jane, got root"));
    EXPECT_EQ(status().at("machine").at("kept"), (report_ / "runs" / "kept" / "PeerAuth.JaneIsJane").string());
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_EQ(inventory(), before);
    const auto exported =
        boxtest({"keep", "export", (report_ / "runs" / "kept" / "PeerAuth.JaneIsJane").string(), (home() / "x").string()});
    EXPECT_EQ(exported.status.code, 0) << exported.err;
    EXPECT_EQ(inventory(), before);
    expectNothingLeft();
}

TEST_F(ResumeFromAReport, OfSeveralTheScenarioTellsWhich) {
    const auto kept = report_ / "runs" / "kept";
    fs::copy(kept / "PeerAuth.JaneIsJane", kept / "other", fs::copy_options::recursive);
    auto other = KeptMachine::load(kept / "other");
    other.scenario = "TcpRefused.Loopback";
    other.save();
    close();
    const auto which = boxtest({"resume", result_.string()});
    EXPECT_EQ(which.status.code, 2);
    EXPECT_THAT(which.err, HasSubstr("several machines were kept in '" + result_.string() +
                                     "'; name one's scenario, too: PeerAuth.JaneIsJane, TcpRefused.Loopback"));
    EXPECT_THAT(boxtest({"resume", result_.string(), "No.Such"}).err, HasSubstr("no machine was kept of 'No.Such'"));
    const auto resumed = boxtest({"resume", result_.string(), "TcpRefused.Loopback"});
    EXPECT_EQ(resumed.status.code, 0) << resumed.err;
    EXPECT_EQ(status().at("machine").at("kept"), (kept / "other").string());
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
}

TEST_F(ResumeFromAReport, ATemplateElsewhereIsNamedAndMustBeItsOwn) {
    const auto elsewhere = home() / "template";
    fs::rename(made_.folder, elsewhere);
    close();
    const auto before = inventory();
    EXPECT_THAT(boxtest({"resume", result_.string()}).err, HasSubstr("the file that its disk is based on is gone"));
    const auto resumed = boxtest({"resume", result_.string(), "--template", elsewhere.string()});
    EXPECT_EQ(resumed.status.code, 0) << resumed.err;
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    EXPECT_EQ(inventory(), before);

    // A template from equal inputs, but from a separate boot: only its memory differs.
    auto record = TemplateRecord::load(elsewhere);
    fs::permissions(elsewhere / "state", fs::perms::owner_all);
    std::ofstream(elsewhere / "state") << "fake state 9\n";
    record.files["state"] = FileFacts::of(elsewhere / "state", true);
    fs::permissions(elsewhere / "template.json", fs::perms::owner_all);
    record.save(elsewhere);
    const auto other = boxtest({"resume", result_.string(), "--template", elsewhere.string()});
    EXPECT_EQ(other.status.code, 2);
    EXPECT_THAT(other.err, HasSubstr("it was forked from another template of the same inputs"));
    fs::rename(elsewhere, made_.folder);
    EXPECT_THAT(boxtest({"resume", result_.string()}).err, HasSubstr("its template was replaced: "));

    // A template of another guest.
    FakeTemplate stranger("fake.other");
    const auto strange = boxtest({"resume", result_.string(), "--template", stranger.folder.string()});
    EXPECT_THAT(strange.err, HasSubstr("it was forked from the template " + record.key.substr(0, 12) + ", and this is "));
    EXPECT_THAT(boxtest({"resume", result_.string(), "--template", home().string()}).err, HasSubstr("is no template"));
    expectNothingLeft();
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
