#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include <string>
#include <thread>
#include <vector>

#include "Deadlines.hpp"
#include "base/Deadline.hpp"
#include "base/Process.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "keeper/Keeper.hpp"
#include "unit/manifest/FakeGuest.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {

/// A guest with valid SSH keys, so that boxtest waits for its machine; it would refuse a FakeGuest's keys at once.
class KeyedGuest : public FakeGuest {
   public:
    explicit KeyedGuest(const std::string& behaviour = "");
};

/// Runs the real program `boxtest` with a separate home, the fake QEMU and the fake scenarios program.
class ProgramFixture : public testing::Test {
   protected:
    ProgramFixture();

    /// Runs the program to its end.
    CapturedOutput boxtest(const std::vector<std::string>& words, const std::string& input = {});
    /// Starts the program in the background, with pipes for its output.
    Process start(const std::vector<std::string>& words);
    /// Waits for the end of a background process, and returns its exit status and all its output.
    CapturedOutput finish(Process& process);

    void setEnvironment(const std::string& name, const std::string& value) { environment_[name] = value; }
    std::filesystem::path home() const { return home_.path(); }
    std::filesystem::path runtime() const { return home() / "run" / "boxtest"; }
    nlohmann::json status();

    /// Waits until a condition holds; fails the test when the deadline passes first.
    void waitUntil(const std::string& what, const std::function<bool()>& condition);
    /// Processes of this program that have the test's home in their arguments: keepers and QEMUs, not short-lived child
    /// processes.
    std::vector<pid_t> processesOfHome(const std::string& program) const;
    std::vector<pid_t> qemus() const { return processesOfHome("fake-qemu"); }
    /// Expects no QEMU, no keeper socket, no machine's folder and no temporary file.
    void expectNothingLeft();

    TemporaryFolder home_{"program"};
    std::map<std::string, std::string> environment_;
};

/// A ProgramFixture whose machine is up: the keeper runs in the test process, and its machine exists as a description only.
class UpFixture : public ProgramFixture {
   protected:
    UpFixture();
    ~UpFixture() override;

    /// Restarts the keeper with the machine that info_ describes now.
    void upAgain();
    void failMachine(const std::string& reason) { machineFailure_.load()->declare(reason); }

    FakeGuest guest_;
    RecordingLog log_;
    MachineInfo info_;
    std::atomic<FailureLatch*> machineFailure_ = nullptr;
    std::unique_ptr<Keeper> keeper_;
    std::promise<void> ready_;
    std::thread kept_;

   private:
    void up();
    void down();
};

}  // namespace boxtest
