#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "template/KeptMachine.hpp"
#include "unit/cli/ProgramFixture.hpp"
#include "unit/template/FakeTemplate.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

}  // namespace
}  // namespace boxtest
