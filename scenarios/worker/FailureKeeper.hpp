#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "EventWriter.hpp"
#include "ScenarioMachines.hpp"
#include "worker/CommandReader.hpp"

namespace boxtest {

/// At a scenario's first failed check (EXPECT included), keeps the machine in its current state, ends it, and ends the scenario's
/// body with GoogleTest's own exception. Must be the last listener: later ones would not see the failure.
///
/// The body's objects are destroyed after the machine has ended: their connections are lost already, so that nothing blocks. A
/// check in a destructor must therefore not fail; on a fork there is nothing to undo either.
///
/// An exception that leaves the body is a failure too, but GoogleTest reports it after the body has been unwound: the kept
/// machine is then in its state after its connections were closed.
class FailureKeeper final : public testing::EmptyTestEventListener {
   public:
    /// `before`: the scenarios that ran on the machine before the present one. All must outlive the object.
    FailureKeeper(ScenarioMachines& machines, EventWriter& events, CommandReader& commands,
                  const std::vector<std::string>& before)
        : machines_(machines), events_(events), commands_(commands), before_(before), thread_(std::this_thread::get_id()) {}

    void OnTestPartResult(const testing::TestPartResult& part) override;

    /// The folder in which the machine was kept.
    const std::filesystem::path& kept() const { return kept_; }

   private:
    /// Asks `boxtest run` what to do with the machine, and executes the answer.
    void handle();
    void obey(const WorkerCommand& command);
    void keep(const std::filesystem::path& folder);
    void tellWhatRanBefore();
    bool endsBody(const testing::TestPartResult& part) const;

    ScenarioMachines& machines_;
    EventWriter& events_;
    CommandReader& commands_;
    const std::vector<std::string>& before_;
    std::thread::id thread_;
    bool handled_ = false;
    std::filesystem::path kept_;
};

}  // namespace boxtest
