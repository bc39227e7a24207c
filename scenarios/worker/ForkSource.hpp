#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "template/Template.hpp"
#include "template/TestMachine.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

/// Forks of the template in a folder, for one scenario; the template is opened, and checked, when the first is asked for. Other
/// scenarios run beside it, and all of them share the host's cores: only where the guest's CPUs both have something to do are
/// two threads for them faster than one.
class ForkSource final : public MachineSource {
   public:
    ForkSource(std::filesystem::path templateFolder, std::string scenario, CpuThreads cpuThreads)
        : folder_(std::move(templateFolder)), scenario_(std::move(scenario)), cpuThreads_(cpuThreads) {}

    std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) override;

    /// Compresses what a fork left in a folder by keep(). Throws as compressKept().
    static void pack(const std::filesystem::path& kept, Log& log);

   private:
    std::filesystem::path folder_;
    std::string scenario_;
    CpuThreads cpuThreads_;
    std::shared_ptr<const Template> template_;
};

}  // namespace boxtest
