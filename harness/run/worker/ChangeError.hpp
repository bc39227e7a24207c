#pragma once

#include <string>

#include "base/Error.hpp"
#include "report/ScenarioResult.hpp"

namespace boxtest {

/// A MachineSource that changes every machine could not make its change; a retry with another machine is useless.
class ChangeError : public GuestError {
   public:
    /// The cause is NotRunCause::changeFailed or changeWithoutEffect.
    ChangeError(NotRunCause cause, const std::string& what) : GuestError(what), cause_(cause) {}

    NotRunCause cause() const { return cause_; }

   private:
    NotRunCause cause_;
};

}  // namespace boxtest
