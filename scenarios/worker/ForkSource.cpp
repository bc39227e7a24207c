#include "ForkSource.hpp"

#include <chrono>

#include "ready/BoxHooks.hpp"
#include "template/Fork.hpp"
#include "template/KeptMachine.hpp"

namespace boxtest {

namespace {

constexpr auto packBudget = std::chrono::minutes(4);

}  // namespace

std::unique_ptr<TestMachine> ForkSource::prepare(Log& log, FailureLatch& failure, Deadline deadline) {
    if (!template_) template_ = Template::open(boxHooks(), folder_, deadline);
    auto fork = Fork::prepare(template_, log, failure, deadline, cpuThreads_);
    fork->describe(scenario_, "its first check has failed");
    return fork;
}

void ForkSource::pack(const std::filesystem::path& kept, Log& log) { compressKept(kept, log, Deadline::in(packBudget)); }

}  // namespace boxtest
