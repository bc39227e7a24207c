#include "sabotage/SabotagedSource.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/Error.hpp"
#include "manifest/Manifest.hpp"
#include "sabotage/SabotageScript.hpp"
#include "ssh/Session.hpp"
#include "worker/ChangeError.hpp"

namespace boxtest {

namespace {

/// Some sabotages restart Odoo, which takes a minute or more on a busy host without KVM.
constexpr auto budget = std::chrono::minutes(8);

}  // namespace

SabotagedSource::SabotagedSource(MachineSource& inner, Sabotage sabotage, std::string functions, Connect connect)
    : inner_(inner), sabotage_(std::move(sabotage)), functions_(std::move(functions)), connect_(std::move(connect)) {}

std::unique_ptr<TestMachine> SabotagedSource::prepare(Log& log, FailureLatch& failure, Deadline deadline) {
    auto machine = inner_.prepare(log, failure, deadline);
    const auto begun = std::chrono::steady_clock::now();
    sabotage(*machine, failure);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
    log.line(fmt::format("sabotaged by '{}' in {:.1f} s", sabotage_.id, taken.count()));
    return machine;
}

void SabotagedSource::sabotage(TestMachine& machine, const FailureLatch& failure) {
    const auto deadline = Deadline::in(budget);
    machine.begin(deadline);
    const auto asRoot = connect_(machine, failure, deadline);
    CommandResult result;
    try {
        result = asRoot(sabotageScript(sabotage_, functions_, Manifest::load(machine.guest().folder)));
    } catch (const InterruptedError&) {
        throw;
    } catch (const Error& error) {
        refuse(NotRunCause::changeFailed, error.what());
    }
    if (result.exitStatus == sabotageNotTaken) refuse(NotRunCause::changeWithoutEffect, result.describe());
    if (!result.succeeded()) refuse(NotRunCause::changeFailed, result.describe());
    machine.run(deadline);
    machine.pause(deadline);
}

void SabotagedSource::refuse(NotRunCause cause, const std::string& why) const {
    const auto* what = cause == NotRunCause::changeWithoutEffect ? "did not take effect" : "could not be done";
    throw ChangeError(cause, fmt::format("the sabotage '{}' {}: {}", sabotage_.id, what, why));
}

SabotagedSource::AsRoot SabotagedSource::overSsh(TestMachine& machine, const FailureLatch& failure, Deadline deadline) {
    const auto& guest = machine.guest();
    auto session = std::make_shared<Session>(
        Session::connect(machine.sshTarget(), guest.admin, guest.ssh.keyOf(guest.admin), deadline, &failure));
    return [session, deadline](const std::string& script) {
        RunOptions options;
        options.deadline = deadline;
        // Through stdin, so that an error message about the command does not contain the whole script.
        options.input = script;
        return session->run("sudo -n -- /bin/sh -c \"$(cat)\"", options);
    };
}

}  // namespace boxtest
