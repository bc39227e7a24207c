#pragma once

#include <utility>

#include "keeper/Keeper.hpp"

namespace boxtest {

/// A machine with another owner: the keeper only reports it.
class ToldMachine final : public Keeper::OwnedMachine {
   public:
    explicit ToldMachine(MachineInfo info) : info_(std::move(info)) {}
    const MachineInfo& info() const override { return info_; }
    void giveUp() override {}

   private:
    MachineInfo info_;
};

}  // namespace boxtest
