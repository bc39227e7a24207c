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

/// Reports progress to the process that started the scenarios program, as JSON lines on a descriptor, at the time of each event:
/// ScenarioEvent describes the protocol. When the reader has closed the descriptor, the program ends, because its driver has
/// ended.
class EventWriter final : public testing::EmptyTestEventListener {
   public:
    /// Does not own the descriptor.
    explicit EventWriter(int fd) : fd_(fd) {}

    void OnTestStart(const testing::TestInfo& test) override;
    void OnTestPartResult(const testing::TestPartResult& part) override;
    void OnTestEnd(const testing::TestInfo& test) override;
    void OnTestProgramEnd(const testing::UnitTest& program) override;

    /// Events of a worker about its fork.
    void prepared(std::uint64_t privateMemory);
    void connected();
    void unprepared(const std::string& why, NotRunCause cause);
    void failing();
    /// `machine`: its machine.json.
    void paused(const std::string& machine);
    void reusable(std::uint64_t privateMemory, const GuestConnections& connections);
    void released(std::uint64_t privateMemory, const GuestConnections& connections);
    /// A worker is not finished when GoogleTest is: it calls done() itself.
    void holdDone() { holdsDone_ = true; }
    void done();

    /// State of the machine at a failure, for the report; texts may be empty.
    struct Surroundings {
        std::string journal;
        std::string console;
    };
    /// Called at a scenario's first failed check, in the thread in which the check failed. Exceptions are only logged.
    void lookAround(std::function<Surroundings()> look) { look_ = std::move(look); }

    /// Sets the guest's passwords, which are removed from all events.
    void conceal(Concealment concealment) { concealment_ = std::move(concealment); }

    /// For the next start event: the time spent on the machine before it.
    void setPreparation(std::chrono::duration<double> preparation) { preparation_ = preparation; }
    /// For the next end event: time that does not belong to the scenario.
    void discount(std::chrono::duration<double> time) { discount_ += time; }
    /// For the next end event: the verdict is invalid, because the machine has failed.
    void machineFailed(const std::string& why) { machineFailure_ = why; }
    bool hasMachineFailed() const { return machineFailure_.has_value(); }
    void kept(const std::filesystem::path& folder) { kept_ = folder; }
    /// Ignores failures until the next start: the machine has ended, and the failures are only a consequence.
    void endFailures() { failuresEnded_ = true; }
    /// Appends a line to the last reported failure.
    void addToFailure(const std::string& line);

    /// The running scenario: "TcpRefused.X".
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
