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

/// Applies a sabotage to every machine of another source, as root over the admin's session, and checks that it has taken effect.
/// A failure of the sabotage is an error of the harness; no machine is returned.
class SabotagedSource final : public MachineSource {
   public:
    /// Runs a script as root in a machine, and waits for its end.
    using AsRoot = std::function<CommandResult(const std::string& script)>;
    /// Connects to a running machine.
    using Connect = std::function<AsRoot(TestMachine& machine, const FailureLatch& failure, Deadline)>;

    /// `inner` must outlive the object. `functions`: the shell functions that the scripts share.
    SabotagedSource(MachineSource& inner, Sabotage sabotage, std::string functions, Connect connect = overSsh);

    /// Throws as the inner source, and what connecting throws; ChangeError when the sabotage itself failed: its cause is
    /// changeWithoutEffect when the script succeeded but its check failed.
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
