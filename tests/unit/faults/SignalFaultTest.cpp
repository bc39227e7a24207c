/// Signals, including SIGKILL, in each phase of each command: no process continues, no partial file remains, and the next command
/// succeeds.
#include <signal.h>

#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Poll.hpp"
#include "unit/faults/FaultFixture.hpp"

namespace boxtest {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct Phase {
    std::string name;
    std::vector<std::string> words;
    std::function<void()> prepare;
    std::function<bool()> reached;
    std::function<void()> restore = [] {};
};

/// Files in this folder that are still being written.
std::vector<fs::path> partsOf(const fs::path& folder) {
    std::vector<fs::path> parts;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".part") parts.push_back(entry.path());
    return parts;
}

class SignalFault : public FaultFixture {
   protected:
    SignalFault() { setEnvironment("BOXTEST_FAKE_SCENARIOS_PID", (home() / "worker").string()); }

    fs::path kept() const { return runs() / "1" / "kept" / scenario; }

    std::vector<Phase> phases() {
        const auto behave = [this](const std::string& how) {
            return [this, how] { setEnvironment("BOXTEST_FAKE_QEMU_BEHAVIOUR", how); };
        };
        const auto normal = behave("");
        const auto qemuRuns = [this] { return !qemus().empty(); };
        const auto hang = [this](const std::string& what) {
            return [this, what] {
                fs::remove(home() / "worker");
                tell("hang=" + what);
            };
        };
        const auto hangs = [this] { return fs::exists(home() / "worker"); };
        const auto pass = [this] { tell(""); };
        const auto goOn = [this] {
            heal();
            fs::remove(home() / "failure.boxtest");
        };
        const std::vector<std::string> booting{"--accel", "tcg", "--guest", keyed_.folder().string()};
        const auto withGuest = [&](std::vector<std::string> words) {
            words.insert(words.end(), booting.begin(), booting.end());
            return words;
        };
        return {
            {"up, while QEMU's greeting is awaited", up(), behave("hang-before-greeting"), qemuRuns, normal},
            {"up, while the state is loaded", up(), behave("hang-in-migration"), qemuRuns, normal},
            {"up, while the agent is awaited", up(), behave("silent-agent"), qemuRuns, normal},
            {"up --fresh, while the guest boots", withGuest({"up", "--fresh"}), normal, qemuRuns},
            {"template, while the guest boots", withGuest({"template"}), normal, qemuRuns},
            {"resume, while the state is loaded", resume(), behave("hang-in-migration"), qemuRuns, normal},
            {"resume, while the agent is awaited", resume(), behave("silent-agent"), qemuRuns, normal},
            {"run, while a scenario runs", run(), hang("PeerAuth.Matrix"), hangs, pass},
            {"run --fresh, while the guest boots", withGuest({"run", "--fresh"}), normal, qemuRuns},
            {"sabotage, while the clean machine runs", sabotage(), hang("PeerAuth.Matrix"), hangs, pass},
            {"sabotage, while a sabotaged machine runs", sabotage(), hang("trust/PeerAuth.Matrix"), hangs, pass},
            {"export, while the state is packed", exported(home() / "failure.boxtest"),
             [this] { inject("read=SLOW@" + (kept() / "state").string()); }, [this] { return !partsOf(kept()).empty(); }, goOn},
            {"export, while the file is written", exported(home() / "failure.boxtest"),
             [this] { inject("read=SLOW@" + (made_.folder / "ram").string()); }, [this] { return !partsOf(home()).empty(); },
             goOn},
            // The export phase above has packed the state.
            {"resume, while the state is unpacked", resume(),
             [this] {
                 EXPECT_TRUE(fs::exists(kept() / "state.zst"));
                 inject("read=SLOW@" + (kept() / "state.zst").string());
             },
             qemuRuns, goOn},
        };
    }

    void expectWorkerGone() {
        if (!fs::exists(home() / "worker")) return;
        const auto worker = readWholeFile(home() / "worker");
        waitUntil("the worker is gone", [&] {
            std::error_code closedToOthers;
            return !fs::exists("/proc/" + worker + "/fd/0", closedToOthers);
        });
    }

    void expectAllOfItGoes(const Phase& phase, int number) {
        SCOPED_TRACE(phase.name + ", signal " + strsignal(number));
        phase.prepare();
        auto process = start(phase.words);
        waitUntil("the phase is reached", phase.reached);
        process.signal(number);
        const auto result = finish(process);
        if (number == SIGKILL) {
            EXPECT_EQ(result.status.signal, SIGKILL);
        } else {
            EXPECT_EQ(result.status.code, 130) << result.status.describe() << "\n" << result.err;
        }
        waitUntil("no process is left", [&] { return qemus().empty() && processesOfHome("boxtest").empty(); });
        expectWorkerGone();
        phase.restore();
        // A killed process may leave files: the next command removes them, or works in spite of them.
        if (number == SIGKILL) {
            boxtest({"cache", "prune"});
            expectGood(phase.words.front() == "keep" ? phase.words : up());
            fs::remove(home() / "failure.boxtest");
        }
        expectNothingHalf();
    }

    KeyedGuest keyed_;
};

TEST_F(SignalFault, TermEndsEveryPhase) {
    for (const auto& phase : phases()) expectAllOfItGoes(phase, SIGTERM);
    for (const auto& words : {up(), resume(), exported(home() / "whole.boxtest"), run()}) expectGood(words);
}

TEST_F(SignalFault, HangupEndsEveryPhase) {
    for (const auto& phase : phases()) expectAllOfItGoes(phase, SIGHUP);
    for (const auto& words : {up(), resume(), exported(home() / "whole.boxtest"), run()}) expectGood(words);
}

TEST_F(SignalFault, KillLeavesNothingThatHindersTheNext) {
    for (const auto& phase : phases()) expectAllOfItGoes(phase, SIGKILL);
    for (const auto& words : {up(), resume(), exported(home() / "whole.boxtest"), run()}) expectGood(words);
}

TEST_F(SignalFault, TheKeeperOfAMachineThatIsUpTakesItAlong) {
    for (const int number : {SIGTERM, SIGHUP, SIGINT, SIGKILL}) {
        SCOPED_TRACE(strsignal(number));
        const auto result = boxtest(up());
        ASSERT_EQ(result.status.code, 0) << result.err;
        const auto keeper = status().at("keeper_pid").get<pid_t>();
        ASSERT_EQ(::kill(keeper, number), 0);
        waitUntil("no process is left", [&] { return qemus().empty() && processesOfHome("boxtest").empty(); });
        // An ending process releases its memory, which contains the arguments that processesOfHome() reads, before its files.
        waitUntil("the machine is down", [&] { return status().at("state") == "down"; });
        expectGood(up());
        expectNothingHalf();
    }
}

/// A suspended host, or a session stopped by Ctrl-Z: all processes stop, and continue later.
TEST_F(SignalFault, AllThatStandsStillForAWhileGoesOn) {
    const auto result = boxtest(up());
    ASSERT_EQ(result.status.code, 0) << result.err;
    const auto keeper = status().at("keeper_pid").get<pid_t>();
    auto all = qemus();
    ASSERT_EQ(all.size(), 1U);
    all.push_back(keeper);
    for (const auto one : all) ASSERT_EQ(::kill(one, SIGSTOP), 0);
    auto asked = start({"status", "--json"});
    pauseBetweenTries(std::chrono::seconds(3), soon());
    for (const auto one : all) ASSERT_EQ(::kill(one, SIGCONT), 0);
    const auto told = finish(asked);
    EXPECT_EQ(told.status.code, 0) << told.err;
    EXPECT_EQ(status().at("state"), "ready");
    goDown();
    expectNothingHalf();
}

}  // namespace
}  // namespace boxtest
