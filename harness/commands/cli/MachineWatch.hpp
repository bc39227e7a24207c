#pragma once

#include <thread>

#include "base/FailureLatch.hpp"
#include "base/FileDescriptor.hpp"
#include "keeper/KeeperClient.hpp"

namespace boxtest {

/// Declares a latch when the machine that is up fails or is stopped, as its keeper reports.
class MachineWatch {
   public:
    /// The latch must outlive the object.
    MachineWatch(KeeperClient keeper, FailureLatch& failure);
    MachineWatch(const MachineWatch&) = delete;
    MachineWatch& operator=(const MachineWatch&) = delete;
    ~MachineWatch();

   private:
    void watch() noexcept;

    KeeperClient keeper_;
    FailureLatch& failure_;
    FailureLatch stop_;
    std::thread thread_;
};

}  // namespace boxtest
