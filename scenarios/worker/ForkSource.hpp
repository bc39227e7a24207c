#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "template/Template.hpp"
#include "template/TestMachine.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

/// Forks of the template in a folder, for one scenario; the template is opened, and checked, on the first prepare(). Other
/// scenarios run in parallel, and all share the host's cores: two threads for the guest's CPUs are faster than one only if both
/// CPUs have work.
class ForkSource final : public MachineSource {
   public:
    ForkSource(std::filesystem::path templateFolder, std::string scenario, CpuThreads cpuThreads)
        : folder_(std::move(templateFolder)), scenario_(std::move(scenario)), cpuThreads_(cpuThreads) {}

    std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) override;

    /// Compresses a folder that a fork's keep() has written. Throws as compressKept().
    static void pack(const std::filesystem::path& kept, Log& log);

   private:
    std::filesystem::path folder_;
    std::string scenario_;
    CpuThreads cpuThreads_;
    std::shared_ptr<const Template> template_;
};

}  // namespace boxtest
