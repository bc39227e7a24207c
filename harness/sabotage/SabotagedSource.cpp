#include "sabotage/SabotagedSource.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/Error.hpp"
#include "sabotage/SabotageScript.hpp"
#include "ssh/Session.hpp"

namespace boxtest {

namespace {

/// Some start Odoo anew, which takes a minute and more on a busy host without KVM.
constexpr auto budget = std::chrono::minutes(8);

}  // namespace

SabotagedSource::SabotagedSource(MachineSource& inner, Sabotage sabotage, std::string functions, AsRoot asRoot)
    : inner_(inner), sabotage_(std::move(sabotage)), functions_(std::move(functions)), asRoot_(std::move(asRoot)) {}

std::unique_ptr<TestMachine> SabotagedSource::prepare(Log& log, FailureLatch& failure, Deadline deadline) {
    auto machine = inner_.prepare(log, failure, deadline);
    const auto begun = std::chrono::steady_clock::now();
    try {
        sabotage(*machine, failure);
    } catch (const Error& error) {
        throw GuestError(fmt::format("{}{}' {}", whyBegins, sabotage_.id, error.what()));
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
    log.line(fmt::format("sabotaged by '{}' in {:.1f} s", sabotage_.id, taken.count()));
    return machine;
}

void SabotagedSource::sabotage(TestMachine& machine, const FailureLatch& failure) {
    const auto deadline = Deadline::in(budget);
    CommandResult result;
    try {
        machine.run(deadline);
        result = asRoot_(machine, sabotageScript(sabotage_, functions_, machine.manifest()), failure, deadline);
        machine.pause(deadline);
    } catch (const Error& error) {
        throw GuestError(std::string("could not be done: ") + error.what());
    }
    if (result.exitStatus == sabotageNotTaken) throw GuestError(fmt::format("{}: {}", didNotTake, result.describe()));
    if (!result.succeeded()) throw GuestError("could not be done: " + result.describe());
}

CommandResult SabotagedSource::overSsh(TestMachine& machine, const std::string& script, const FailureLatch& failure,
                                       Deadline deadline) {
    const auto& manifest = machine.manifest();
    auto session =
        Session::connect(machine.sshTarget(), manifest.names.admin, manifest.ssh.keyOf(manifest.names.admin), deadline, &failure);
    RunOptions options;
    options.deadline = deadline;
    return session.run({"sudo", "-n", "--", "/bin/sh", "-c", script}, options);
}

}  // namespace boxtest
