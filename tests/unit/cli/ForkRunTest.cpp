#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "base/AtomicFile.hpp"
#include "unit/cli/ProgramFixture.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Describes a fork that does not exist, and creates its folder. No process listens on its ports.
MachineInfo fakeMachine(const KeyedGuest& guest, const std::filesystem::path& folder) {
    std::filesystem::create_directory(folder);
    MachineInfo info;
    info.guestFolder = guest.folder();
    info.folder = folder;
    info.ports = {.ssh = 2022, .http = 2080, .https = 2443};
    info.accelerator = "tcg";
    return info;
}

/// `boxtest run` with the fake scenarios program as worker, which has no forks.
class ForkRun : public ProgramFixture {
   protected:
    ForkRun() {
        std::filesystem::create_directory(folder());
        std::ofstream(folder() / "template.json") << R"({"accelerator": "tcg"})";
        std::ofstream(home() / "trace");
        setEnvironment("BOXTEST_FAKE_TRACE", home().string());
    }

    std::filesystem::path folder() const { return home() / "template"; }
    void tell(const std::string& behaviour) { setEnvironment("BOXTEST_FAKE_SCENARIOS", behaviour); }
    std::vector<std::string> words(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"run", "--template", folder().string()});
        return more;
    }
    std::vector<std::filesystem::path> runs() const {
        std::vector<std::filesystem::path> found;
        const auto parent = home() / "cache" / "boxtest" / "runs";
        if (!std::filesystem::exists(parent)) return found;
        for (const auto& entry : std::filesystem::directory_iterator(parent)) found.push_back(entry.path());
        return found;
    }
};

TEST_F(ForkRun, EveryScenarioPassesOnAForkOfItsOwn) {
    const auto junit = home() / "results.xml";
    const auto result = boxtest(words({"-j2", "--junit", junit.string()}));
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("ok      TcpRefused.NoListener (0.2 s; its machine 0.5 s)\nok      TcpRefused.Loopback"));
    EXPECT_THAT(result.out, HasSubstr("4 passed, 0 failed, 0 not run of 4 scenarios"));
    EXPECT_THAT(readWholeFile(junit), HasSubstr("its machine was made in 0.500 s"));
    ASSERT_EQ(runs().size(), 1U);
    EXPECT_EQ(readWholeFile(runs()[0] / "PeerAuth.Root.log"), "worker of PeerAuth.Root on " + folder().string() + "\n");
}

TEST_F(ForkRun, ScenariosThatDeclareNoChangeTakeOverAForkUnlessTracesMatter) {
    const auto forks = [&](const std::vector<std::string>& more) {
        std::ofstream(home() / "trace", std::ios::trunc);
        EXPECT_EQ(boxtest(words(more)).status.code, 0);
        std::istringstream lines(readWholeFile(home() / "trace"));
        int count = 0;
        for (std::string line; std::getline(lines, line);) count += line.ends_with(" prepared") ? 1 : 0;
        return count;
    };
    EXPECT_EQ(forks({"-j1"}), 2) << "one for PeerAuth.Root, which changes its machine";
    EXPECT_EQ(forks({"-j1", "reads"}), 1);
    for (const auto* option : {"--pristine", "--check-effects", "--pause-on-failure"})
        EXPECT_EQ(forks({"-j1", option}), 4) << option;
}

TEST_F(ForkRun, EffectsAreCheckedByTheWorkersWhenAskedFor) {
    const auto traced = [&] { return readWholeFile(home() / "trace"); };
    EXPECT_EQ(boxtest(words({"-j1"})).status.code, 0);
    EXPECT_THAT(traced(), testing::Not(HasSubstr("with its effect checked")));
    const auto result = boxtest(words({"--check-effects", "-j1"}));
    EXPECT_EQ(result.status.code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("comparing the machine after 3 of 4 scenarios; the others declare that they change it"));
    EXPECT_THAT(traced(), HasSubstr("PeerAuth.Matrix with its effect checked\n"));
    const auto shared = boxtest(words({"--check-effects", "--shared"}));
    EXPECT_EQ(shared.status.code, 2);
    EXPECT_THAT(shared.err, HasSubstr("--check-effects compares a machine that one scenario has for itself"));
}

TEST_F(ForkRun, AFailureEndsWithTheCommandThatBringsItsMachineBack) {
    tell("fail=PeerAuth.Matrix");
    const auto result = boxtest(words());
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.out, AllOf(HasSubstr("FAILED PeerAuth.Matrix (peer-auth)"), HasSubstr("boxtest resume PeerAuth.Matrix\n"),
                                  HasSubstr("3 passed, 1 failed, 0 not run")));
    ASSERT_EQ(runs().size(), 1U);
    EXPECT_TRUE(std::filesystem::exists(runs()[0] / "kept" / "PeerAuth.Matrix" / "kept.json"));
}

TEST_F(ForkRun, WhatAScenarioAttachesStaysInTheRunsFolder) {
    tell("gap=PeerAuth.Matrix");
    const auto result = boxtest(words({"-j2"}));
    EXPECT_EQ(result.status.code, 0) << result.err;
    ASSERT_EQ(runs().size(), 1U);
    const auto file = runs()[0] / "attachments" / "PeerAuth.Matrix" / "matrix.txt";
    EXPECT_EQ(readWholeFile(file), "a b\n");
    EXPECT_THAT(result.out, AllOf(HasSubstr(file.string() + "\n"), HasSubstr("3 passed, 1 known gap, 0 failed")));
}

TEST_F(ForkRun, AScenarioWithoutAMachineIsNotRun) {
    tell("unforkable=TcpRefused.Loopback");
    // It must not take over another scenario's fork, which it does on a busy host.
    const auto result = boxtest(words({"--pristine"}));
    EXPECT_EQ(result.status.code, 3);
    EXPECT_THAT(result.out, AllOf(HasSubstr("NOT RUN: 1 of 4\n    TcpRefused.Loopback\n        no space left for an overlay"),
                                  HasSubstr("3 passed, 0 failed, 1 not run"), Not(HasSubstr("The run was stopped"))));
}

TEST_F(ForkRun, TwoRunsAtOnceDoNotMeet) {
    tell("two");
    auto one = start(words({"-j1", "TcpRefused.NoListener"}));
    auto other = start(words({"-j1", "PeerAuth.Root"}));
    EXPECT_EQ(finish(one).status.code, 0);
    EXPECT_EQ(finish(other).status.code, 0);
    EXPECT_EQ(runs().size(), 2U);
}

TEST_F(ForkRun, CtrlCEndsTheWorkersAndReportsWhatWasDone) {
    tell("hang=PeerAuth.Matrix");
    setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
    auto run = start(words({"-j1"}));
    waitUntil("a scenario hangs", [&] { return std::filesystem::exists(home() / "worker"); });
    run.signal(SIGINT);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 130);
    // PeerAuth.Root may or may not have run: its machine may have been ready before that of PeerAuth.Matrix.
    EXPECT_THAT(result.out, AllOf(HasSubstr("PeerAuth.Matrix (begun, not finished)"), HasSubstr(" passed, 0 failed, "),
                                  HasSubstr("interrupted (SIGINT)"), Not(HasSubstr("4 passed"))));
    EXPECT_NE(::kill(std::stoi(readWholeFile(home() / "worker")), 0), 0) << "the worker lives on";
}

TEST_F(ForkRun, AKilledRunLeavesNoWorker) {
    tell("hang=TcpRefused.NoListener");
    setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string());
    auto run = start(words({"-j1"}));
    waitUntil("a scenario hangs", [&] { return std::filesystem::exists(home() / "worker"); });
    const auto worker = std::stoi(readWholeFile(home() / "worker"));
    run.signal(SIGKILL);
    finish(run);
    // A zombie process has no open descriptors, and its /proc/PID/fd belongs to root: an error also means that it has ended.
    const auto gone = [&] {
        std::error_code closedToOthers;
        return !std::filesystem::exists("/proc/" + std::to_string(worker) + "/fd/0", closedToOthers);
    };
    waitUntil("the worker is gone", gone);
}

TEST_F(ForkRun, AnOldRunThatKeptAMachineOutlivesPlainOnes) {
    const auto parent = home() / "cache" / "boxtest" / "runs";
    std::filesystem::create_directories(parent / "20200101-000000-1" / "kept" / "PeerAuth.Root");
    std::filesystem::create_directories(parent / "20200101-000000-2");
    for (int i = 10; i < 20; ++i) std::filesystem::create_directories(parent / ("20210101-0000" + std::to_string(i) + "-1"));
    EXPECT_EQ(boxtest(words({"PeerAuth.Root"})).status.code, 0);
    EXPECT_TRUE(std::filesystem::exists(parent / "20200101-000000-1"));
    EXPECT_FALSE(std::filesystem::exists(parent / "20200101-000000-2"));
    EXPECT_EQ(runs().size(), 11U) << "ten plain ones and the one that kept a machine";
}

TEST_F(ForkRun, APauseWaitsForEnterOrDownWithTheMachineUp) {
    const KeyedGuest guest;
    setEnvironment("BOXTEST_FAKE_MACHINE", fakeMachine(guest, home() / "machine").toJson().dump());
    tell("fail=TcpRefused.Loopback");
    auto run = start(words({"--pause-on-failure"}));
    waitUntil("the machine is up", [&] { return status().value("state", "") == "ready"; });
    EXPECT_EQ(status().at("machine").at("ports").at("ssh"), 2022);
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.err, HasSubstr("TcpRefused.Loopback has failed; its machine runs on"));
    EXPECT_THAT(readWholeFile(home() / "trace"), HasSubstr("TcpRefused.Loopback go\n"));
}

TEST_F(ForkRun, DownEndsAPauseAndNeverTheRunThatPauses) {
    const KeyedGuest guest;
    setEnvironment("BOXTEST_FAKE_MACHINE", fakeMachine(guest, home() / "machine").toJson().dump());
    tell("fail=TcpRefused.Loopback fail=PeerAuth.Matrix");
    auto run = start(words({"--pause-on-failure"}));
    const auto trace = [this] { return readWholeFile(home() / "trace"); };
    const auto isUp = [this] { return status().value("state", "") == "ready"; };
    waitUntil("the first one is paused", isUp);
    // The run continues until its second pause: no process ends, so `down` must not wait for one.
    const auto down = boxtest({"down"});
    EXPECT_EQ(down.status.code, 0) << down.err;
    EXPECT_THAT(down.out, HasSubstr("the pause is over"));
    waitUntil("the second one is paused", [&] { return trace().find(" go\n") != std::string::npos && isUp(); });
    ASSERT_FALSE(run.exitStatus()) << "the run was killed";
    EXPECT_EQ(boxtest({"down"}).status.code, 0);
    const auto result = finish(run);
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.out, HasSubstr("2 passed, 2 failed, 0 not run"));
}

class ForkRunBesideUp : public UpFixture {};

TEST_F(ForkRunBesideUp, APauseBesideAnotherMachineGivesTheCommandThatReachesItsOwn) {
    std::filesystem::create_directory(home() / "template");
    std::ofstream(home() / "template" / "template.json") << R"({"accelerator": "tcg"})";
    const KeyedGuest guest;
    // Readable by everyone, as in a Nix store.
    std::filesystem::permissions(guest.folder() / "keys" / "admin", std::filesystem::perms(0444));
    const auto info = fakeMachine(guest, home() / "a machine");
    setEnvironment("BOXTEST_FAKE_MACHINE", info.toJson().dump());
    setEnvironment("BOXTEST_FAKE_SCENARIOS", "fail=PeerAuth.Root");
    const auto result =
        boxtest({"run", "--template", (home() / "template").string(), "--pause-on-failure", "PeerAuth.Root"}, "\n");
    EXPECT_EQ(result.status.code, 1) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr("its machine runs on, beside the one that is up:\n  cd '" + info.folder.string() +
                                            "' && ssh -F none -p 2022 -o 'IdentityFile=key-admin' "),
                                  HasSubstr("'UserKnownHostsFile=known_hosts'"), HasSubstr("admin@127.0.0.1\n"),
                                  Not(HasSubstr((guest.folder() / "keys").string()))))
        << "ssh takes no key that others may read";
}

TEST_F(ForkRun, OptionsThatContradictEachOtherAreUsageErrors) {
    EXPECT_THAT(boxtest(words({"-j2", "--pause-on-failure"})).err, HasSubstr("--pause-on-failure needs -j1"));
    EXPECT_THAT(boxtest({"run", "--fresh", "-j2"}).err, HasSubstr("options of forks do not apply"));
    EXPECT_THAT(boxtest({"run", "--shared", "-j2"}).err, HasSubstr("--shared runs all scenarios on one fork"));
    EXPECT_EQ(boxtest({"run", "-j", "0"}).status.code, 2);
    EXPECT_EQ(boxtest({"run", "-j", "many"}).status.code, 2);
    const auto none = boxtest({"run", "--template", (home() / "nowhere").string()});
    EXPECT_EQ(none.status.code, 2);
    EXPECT_THAT(none.err, HasSubstr("holds no template: there is no template.json"));
}

TEST_F(ForkRun, WithoutATemplateNoBuildTellsTheCommandToType) {
    const KeyedGuest guest;
    const auto result = boxtest({"run", "--no-build", "--accel", "tcg", "--guest", guest.folder().string()});
    EXPECT_EQ(result.status.code, 2) << result.err;
    EXPECT_THAT(result.err, HasSubstr("make it: boxtest template"));
    EXPECT_TRUE(qemus().empty());
}

TEST_F(ForkRun, WithoutAGuestItTellsTheCommandToType) {
    const auto result = boxtest({"template"});
    EXPECT_EQ(result.status.code, 2);
    EXPECT_THAT(result.err, HasSubstr("ci/debian-guest/build"));
}

}  // namespace
}  // namespace boxtest
