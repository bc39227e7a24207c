/// Test scenarios for the real worker, on fake machines. All events of the machines, and of the objects of a scenario's body, are
/// written to $FAKE_WORKER_TRACE. $FAKE_WORKER (words separated by spaces) selects a misbehaviour of the machine: prepare-fails,
/// run-fails, keep-fails, pack-hangs, stranger=PID (its QEMU has ended, and process PID has taken its number), secret=FILE (a
/// file that contains Odoo's password); or of a scenario: teardown-fails, gap-is-gone. state=FILE is the state to compare.
#include <gtest/gtest.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "Scenario.hpp"
#include "Worker.hpp"
#include "base/Error.hpp"
#include "base/StderrLog.hpp"

namespace boxtest {
namespace {

void trace(const std::string& line) { std::ofstream(std::getenv("FAKE_WORKER_TRACE"), std::ios::app) << line << '\n'; }

bool told(const std::string& word) {
    const char* words = std::getenv("FAKE_WORKER");
    return words && (" " + std::string(words) + " ").find(" " + word + " ") != std::string::npos;
}

/// The value of WORD=VALUE in $FAKE_WORKER; empty without such a word.
std::string valueOf(const std::string& word) {
    const char* words = std::getenv("FAKE_WORKER");
    std::istringstream all(words ? words : "");
    for (std::string one; all >> one;)
        if (one.starts_with(word + "=")) return one.substr(word.size() + 1);
    return {};
}

/// The failure latch of the latest machine, for a scenario body that declares its failure.
FailureLatch* latch = nullptr;

class MadeUpMachine final : public TestMachine {
   public:
    MadeUpMachine(std::string name, FailureLatch& failure) : name_(std::move(name)), failure_(failure) {
        latch = &failure;
        if (const auto stranger = valueOf("stranger"); !stranger.empty()) info_.qemuPid = std::stoi(stranger);
        trace(name_ + " prepared");
    }

    const Guest& guest() const override { return guest_; }
    const MachineInfo& info() const override { return info_; }
    SshTarget sshTarget() const override { return {}; }
    FailureLatch& failure() override { return failure_; }
    void begin(Deadline) override {}
    void run(Deadline) override {
        if (told("run-fails")) throw GuestError("another machine's token");
        trace(name_ + " run");
    }
    void pause(Deadline) override { trace(name_ + " paused"); }
    void reboot(const std::function<void()>&, Deadline) override { trace(name_ + " rebooted"); }
    void keep(const std::filesystem::path& folder, Deadline) override {
        if (told("keep-fails")) throw SystemError("cannot write the state", ENOSPC);
        std::filesystem::create_directory(folder);
        trace(name_ + " kept");
    }
    void shareSegmentWith(TestMachine&) override { trace(name_ + " shares a segment"); }
    std::uint64_t privateMemory() const override { return 12345; }
    void stop(Deadline) override { trace(name_ + " stopped"); }
    void endAtOnce() const noexcept override { trace(name_ + " ended at once"); }

   private:
    std::string name_;
    Guest guest_;
    MachineInfo info_;
    FailureLatch& failure_;
};

class MadeUpSource final : public MachineSource {
   public:
    std::unique_ptr<TestMachine> prepare(Log&, FailureLatch& failure, Deadline) override {
        if (told("prepare-fails")) throw GuestError("no machine today");
        return std::make_unique<MadeUpMachine>("machine" + std::to_string(++made_), failure);
    }

   private:
    int made_ = 0;
};

class Body : public Scenario {
   protected:
    struct Local {
        ~Local() { trace("local destroyed"); }
    };
    void TearDown() override {
        trace("torn down");
        EXPECT_FALSE(told("teardown-fails"));
    }
};

SCENARIO(Body, Passes, Effect::changes) {
    const Local local;
    EXPECT_EQ(guest().names().handyman, "jane");
    trace("body ran");
}

SCENARIO(Body, ShowsAKnownGap, Effect::changes) {
    knownGap("She may do it.");
    record("exposure postgresql.service", "0.4");
    record("name", "GoogleTest has a key of this name");
    attach("matrix.txt", valueOf("secret").empty() ? "a b\n" : "a " + manifest().web.odoo.password() + " b\n");
    EXPECT_FALSE(told("gap-is-gone"));
}

SCENARIO(Body, AttachesOutsideOfItsFolder, Effect::changes) { attach("../evil", "x"); }

SCENARIO(Body, FailsAnExpect, Effect::changes) {
    const Local local;
    EXPECT_EQ(1, 2) << "one is not two";
    trace("body went on");
}

SCENARIO(Body, FailsAnAssertInAFunction, Effect::changes) {
    const Local local;
    [] { ASSERT_TRUE(false) << "deep down"; }();
    trace("body went on");
}

SCENARIO(Body, Throws, Effect::changes) {
    const Local local;
    throw GuestError("the server went away");
}

SCENARIO(Body, FailsWhileItHandlesAnException, Effect::changes) {
    try {
        throw GuestError("as expected");
    } catch (const GuestError& error) {
        EXPECT_STREQ(error.what(), "something else");
    }
    trace("body went on");
}

SCENARIO(Body, LosesItsMachine, Effect::changes) {
    latch->declare("QEMU was killed");
    FAIL() << "no answer";
}

SCENARIO(Body, WantsANeighbour, Effect::changes, .twoMachines = true) {
    EXPECT_NE(&neighbour(), &guest());
    EXPECT_EQ(&neighbour(), &neighbour());
    EXPECT_TRUE(hasOwnMachine());
}

SCENARIO(Body, WantsANeighbourWithoutSayingSo, Effect::changes) { neighbour(); }

SCENARIO(Body, RebootsWithoutSayingSo, Effect::changes) { reboot(); }

/// Scenario::checkEffects() compares this file of the test instead of a machine's state.
void addToState(const std::string& line) { std::ofstream(valueOf("state"), std::ios::app) << line << '\n'; }

SCENARIO(Body, ReadsAsItDeclares, Effect::reads) { trace("body ran"); }

SCENARIO(Body, WritesAlthoughItDeclaresToRead, Effect::reads) { addToState("file /etc/left f 644"); }

SCENARIO(Body, LeavesARowThatItDeclaresToTakeBack, Effect::rollsBack) { addToState("rows odoo:public.left 1 0"); }

SCENARIO(Body, ReadsAndSays, Effect::reads) {
    record("what", "read");
    std::cout << "output of Body.ReadsAndSays" << std::endl;
    trace("second body ran");
}

SCENARIO(Body, ReadsAndFails, Effect::reads) { EXPECT_EQ(1, 2) << "one is not two"; }

SCENARIO(Body, WritesAsItDeclares, Effect::changes) { addToState("file /etc/left f 644"); }

}  // namespace
}  // namespace boxtest

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    testing::InitGoogleTest(&argc, argv);
    CLI::App app;
    boxtest::Worker::Options options;
    options.manifestOf = [](const boxtest::TestMachine&) {
        boxtest::Manifest manifest;
        manifest.names.admin = "admin";
        manifest.names.handyman = "jane";
        manifest.web.odoo.passwordFile = boxtest::valueOf("secret");
        return manifest;
    };
    options.pack = [](const std::filesystem::path& kept) {
        boxtest::trace("packed " + kept.filename().string());
        while (boxtest::told("pack-hangs")) ::pause();
    };
    app.add_option("--scenario", options.scenario);
    app.add_option_function<std::string>("--attachments", [](const std::string& folder) { boxtest::Scenario::attachTo(folder); });
    app.add_option("--events-fd", options.eventsFd);
    app.add_option("--commands-fd", options.commandsFd);
    app.add_flag("--reuse", options.reuse);
    app.add_flag_callback("--check-effects", [] {
        boxtest::Scenario::checkEffects([](boxtest::RunningGuest&, boxtest::Effect effect, const boxtest::MachineState*) {
            boxtest::trace("state read for " + std::string(wordOf(effect)));
            std::ifstream file(boxtest::valueOf("state"));
            std::vector<std::string> lines;
            for (std::string line; std::getline(file, line);) lines.push_back(line);
            return boxtest::MachineState(lines);
        });
    });
    CLI11_PARSE(app, argc, argv);
    boxtest::StderrLog log;
    boxtest::MadeUpSource source;
    return boxtest::Worker(source, options, log).run();
}
