#pragma once

#include <memory>
#include <utility>

#include "template/Template.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

/// Forks of one template.
class TemplateSource final : public MachineSource {
   public:
    explicit TemplateSource(std::shared_ptr<const Template> from) : template_(std::move(from)) {}

    std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) override;

   private:
    std::shared_ptr<const Template> template_;
};

}  // namespace boxtest
