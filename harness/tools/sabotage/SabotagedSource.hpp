#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "report/ScenarioResult.hpp"
#include "sabotage/Sabotage.hpp"
#include "ssh/CommandResult.hpp"
#include "template/TestMachine.hpp"

namespace boxtest {

/// Every machine of another source, with a sabotage done to it and seen to have taken effect, as root over the admin's session.
/// What goes wrong with that is an error of the harness, never a machine.
class SabotagedSource final : public MachineSource {
   public:
    /// Runs a script as root in a machine, and waits for its end.
    using AsRoot = std::function<CommandResult(const std::string& script)>;
    /// Reaches a machine that runs.
    using Connect = std::function<AsRoot(TestMachine& machine, const FailureLatch& failure, Deadline)>;

    /// Inner must outlive the object. `functions`: what the scripts share.
    SabotagedSource(MachineSource& inner, Sabotage sabotage, std::string functions, Connect connect = overSsh);

    /// Throws as the inner source, and what connecting throws; ChangeError when it is the sabotage that did not work: its cause
    /// is changeWithoutEffect when the script worked and its check did not.
    std::unique_ptr<TestMachine> prepare(Log& log, FailureLatch& failure, Deadline deadline) override;

   private:
    static AsRoot overSsh(TestMachine& machine, const FailureLatch& failure, Deadline deadline);
    void sabotage(TestMachine& machine, const FailureLatch& failure);
    [[noreturn]] void refuse(NotRunCause cause, const std::string& why) const;

    MachineSource& inner_;
    Sabotage sabotage_;
    std::string functions_;
    Connect connect_;
};

}  // namespace boxtest
