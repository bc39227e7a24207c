#include "ScenarioMachines.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "ssh/Knock.hpp"
#include "ssh/SshError.hpp"

namespace boxtest {

namespace {

constexpr auto neighbourBudget = std::chrono::minutes(2);
/// As for a boot; on a slow machine, the scenario limit of `boxtest run` ends the wait earlier.
constexpr auto rebootBudget = std::chrono::minutes(30);
constexpr auto stopBudget = std::chrono::seconds(10);
/// QEMU's sockets close shortly before its exit is visible.
constexpr auto troubleShows = std::chrono::milliseconds(250);

}  // namespace

void ScenarioMachines::make(One& one, Deadline deadline) {
    one.machine = source_.prepare(log_, one.failure, deadline);
    one.guest = std::make_unique<RunningGuest>(manifestOf_(*one.machine), one.machine->info().ports, one.machine->sshTarget(),
                                               &one.machine->failure());
}

void ScenarioMachines::prepare(Deadline deadline) { make(*own_, deadline); }

RunningGuest& ScenarioMachines::neighbour() {
    if (!neighbour_) {
        const auto deadline = Deadline::in(neighbourBudget);
        auto one = std::make_unique<One>();
        make(*one, deadline);
        one->machine->shareSegmentWith(*own_->machine);
        one->machine->run(deadline);
        neighbour_ = std::move(one);
    }
    return *neighbour_->guest;
}

void ScenarioMachines::reboot() {
    const auto deadline = Deadline::in(rebootBudget);
    machine().reboot(
        [this] {
            try {
                const auto asked = guest().asRoot("systemctl reboot");
                if (!asked.succeeded()) throw GuestError("the admin cannot reboot the guest: " + asked.describe());
            } catch (const SessionLost&) {
                // The guest is already going down.
            }
            guest().disconnect();
        },
        deadline);
    guest().waitUntilReady(deadline);
}

void ScenarioMachines::run(const GuestConnections& connections, Deadline deadline) {
    machine().begin(deadline);
    try {
        guest().open(connections);
    } catch (const Error& error) {
        log_.line(std::string("cannot connect ahead: ") + error.what());
    }
    machine().run(deadline);
}

void ScenarioMachines::connectAhead(const GuestConnections& connections, Deadline deadline) {
    try {
        run(connections, deadline);
        const auto& names = guest().names();
        // A first connection is expensive, further ones are not.
        if (connections.contains(GuestConnection::adminTunnel)) {
            knock(guest().tunnel(names.admin), deadline, &machine().failure());
        } else if (connections.contains(GuestConnection::handymanTunnel)) {
            knock(guest().tunnel(names.handyman), deadline, &machine().failure());
        }
    } catch (const Error& error) {
        log_.line(std::string("cannot run ahead: ") + error.what());
    }
    // A machine that cannot be stopped is useless, so this error is thrown.
    machine().pause(deadline);
}

std::optional<std::string> ScenarioMachines::trouble() {
    std::array<pollfd, 2> declared{{{-1, POLLIN, 0}, {-1, POLLIN, 0}}};
    declared[0].fd = own_->machine->failure().fd();
    if (neighbour_) declared[1].fd = neighbour_->machine->failure().fd();
    poll(declared, Deadline::in(troubleShows));
    for (const auto* one : {own_.get(), neighbour_.get()}) {
        if (!one) continue;
        if (auto reason = one->machine->failure().reason()) return reason;
    }
    return std::nullopt;
}

void ScenarioMachines::stop(One& one) noexcept {
    if (one.stopped || !one.machine) return;
    one.stopped = true;
    try {
        one.machine->stop(Deadline::in(stopBudget));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "boxtest-scenarios: cannot end a machine in good order: %s\n", error.what());
    }
}

void ScenarioMachines::stop() noexcept {
    for (auto* one : {neighbour_.get(), own_.get()})
        if (one) stop(*one);
    // The machine objects stay alive: sessions of the scenario may refer to their latches.
}

}  // namespace boxtest
