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

/// A guest with real SSH keys, so that a machine of it is waited for: a FakeGuest's would be refused at once.
class KeyedGuest : public FakeGuest {
   public:
    explicit KeyedGuest(const std::string& behaviour = "");
};

/// Runs the real program `boxtest` with a home of its own, the fake QEMU and the fake scenarios program.
class ProgramFixture : public testing::Test {
   protected:
    ProgramFixture();

    /// To its end.
    CapturedOutput boxtest(const std::vector<std::string>& words, const std::string& input = {});
    /// In the background, with pipes for its output.
    Process start(const std::vector<std::string>& words);
    /// The end of a background one: its exit status and all it wrote.
    CapturedOutput finish(Process& process);

    void setEnvironment(const std::string& name, const std::string& value) { environment_[name] = value; }
    std::filesystem::path home() const { return home_.path(); }
    std::filesystem::path runtime() const { return home() / "run" / "boxtest"; }
    nlohmann::json status();

    /// Waits until a condition holds; a failed test when it does not in time.
    void waitUntil(const std::string& what, const std::function<bool()>& condition);
    /// Processes that have this test's home in their arguments: keepers and QEMUs, not those that `boxtest` runs for a moment.
    std::vector<pid_t> processesOfHome(const std::string& program) const;
    std::vector<pid_t> qemus() const { return processesOfHome("fake-qemu"); }
    /// No QEMU, no keeper, no socket, no machine's folder, no temporary file.
    void expectNothingLeft();

    TemporaryFolder home_{"program"};
    std::map<std::string, std::string> environment_;
};

/// With a machine that is up: a keeper in the test itself, whose machine is only told of.
class UpFixture : public ProgramFixture {
   protected:
    UpFixture();
    ~UpFixture() override;

    /// Keeps a machine that info_ describes now.
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
