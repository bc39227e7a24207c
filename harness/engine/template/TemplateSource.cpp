#include "template/TemplateSource.hpp"

#include "template/Fork.hpp"

namespace boxtest {

std::unique_ptr<TestMachine> TemplateSource::prepare(Log& log, FailureLatch& failure, Deadline deadline) {
    return Fork::prepare(template_, log, failure, deadline);
}

}  // namespace boxtest
