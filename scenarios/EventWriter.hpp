#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace boxtest {

/// Tells whoever started the scenarios program what happens, as JSON lines on a descriptor, while it happens:
///   {"event":"start","scenario":"TcpRefused.X"}
///   {"event":"end","scenario":"TcpRefused.X","claim":"tcp-refused","result":"passed|failed","seconds":1.5,"failures":["file:line\ntext"]}
///   {"event":"done"}
/// When nobody reads any more, the program ends: its driver is gone.
class EventWriter final : public testing::EmptyTestEventListener {
   public:
    /// Does not own the descriptor.
    explicit EventWriter(int fd) : fd_(fd) {}

    void OnTestStart(const testing::TestInfo& test) override;
    void OnTestPartResult(const testing::TestPartResult& part) override;
    void OnTestEnd(const testing::TestInfo& test) override;
    void OnTestProgramEnd(const testing::UnitTest& program) override;

   private:
    void write(const nlohmann::json& event);

    int fd_;
    std::vector<std::string> failures_;
};

}  // namespace boxtest
