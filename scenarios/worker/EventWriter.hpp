#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifest/Concealment.hpp"
#include "worker/ScenarioEvent.hpp"

namespace boxtest {

/// Tells whoever started the scenarios program what happens, as JSON lines on a descriptor, while it happens: the protocol is
/// described at ScenarioEvent. When nobody reads any more, the program ends: its driver is gone.
class EventWriter final : public testing::EmptyTestEventListener {
   public:
    /// Does not own the descriptor.
    explicit EventWriter(int fd) : fd_(fd) {}

    void OnTestStart(const testing::TestInfo& test) override;
    void OnTestPartResult(const testing::TestPartResult& part) override;
    void OnTestEnd(const testing::TestInfo& test) override;
    void OnTestProgramEnd(const testing::UnitTest& program) override;

    /// What a worker tells of its fork.
    void prepared(std::uint64_t privateMemory);
    void connected();
    void unprepared(const std::string& why, NotRunCause cause);
    void failing();
    /// `machine`: its machine.json.
    void paused(const std::string& machine);
    void released(std::uint64_t privateMemory, const GuestConnections& connections);
    /// A worker is not done when GoogleTest is: it says so itself.
    void holdDone() { holdsDone_ = true; }
    void done();

    /// What is around a failure, for its report; texts may be empty.
    struct Surroundings {
        std::string journal;
        std::string console;
    };
    /// Asked at a scenario's first failed check, in the thread in which it failed. What it throws is only logged.
    void lookAround(std::function<Surroundings()> look) { look_ = std::move(look); }

    /// The guest's passwords, which no event tells.
    void conceal(Concealment concealment) { concealment_ = std::move(concealment); }

    /// For the start that comes: what the machine has cost before it.
    void setPreparation(std::chrono::duration<double> preparation) { preparation_ = preparation; }
    /// For the end that comes: time that was not the scenario's own.
    void discount(std::chrono::duration<double> time) { discount_ += time; }
    /// For the end that comes: its verdict is worth nothing, because the machine has failed.
    void machineFailed(const std::string& why) { machineFailure_ = why; }
    bool hasMachineFailed() const { return machineFailure_.has_value(); }
    void kept(const std::filesystem::path& folder) { kept_ = folder; }
    /// Failures from now on are left out until the next start: the machine has gone, and they tell only of that.
    void endFailures() { failuresEnded_ = true; }
    /// One more line of the failure that was told last.
    void addToFailure(const std::string& line);

    /// The scenario that runs: "TcpRefused.X".
    const std::string& scenario() const { return scenario_; }

   private:
    void write(const ScenarioEvent& event);
    void noteSurroundings();

    int fd_;
    std::string scenario_;
    std::vector<std::string> failures_;
    std::optional<std::string> machineFailure_;
    std::filesystem::path kept_;
    Concealment concealment_;
    std::function<Surroundings()> look_;
    Surroundings surroundings_;
    std::vector<Transcript::Entry> asked_;
    std::chrono::duration<double> preparation_{};
    std::chrono::duration<double> discount_{};
    bool holdsDone_ = false;
    bool failuresEnded_ = false;
};

}  // namespace boxtest
