#include "vm/Machine.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "vm/LaunchQemu.hpp"
#include "vm/QemuProcess.hpp"

namespace boxtest {

struct Machine::State {
    Log& log;
    std::filesystem::path folder;
    std::unique_ptr<FailureLatch> ownFailure;
    FailureLatch& failure;
    /// Declared when the end of QEMU is expected: a lost socket then does not wait for QEMU's last words.
    FailureLatch stopping;
    std::unique_ptr<QemuProcess> qemu;
    std::optional<Qmp> qmp;
    std::optional<GuestAgent> agent;
    Ports ports;

    State(Log& log_, std::filesystem::path folder_, FailureLatch* given)
        : log(log_),
          folder(std::move(folder_)),
          ownFailure(given ? nullptr : std::make_unique<FailureLatch>()),
          failure(given ? *given : *ownFailure) {}

    void askToQuit(Deadline deadline) {
        try {
            if (qmp) qmp->execute("quit", deadline);
        } catch (const std::exception&) {
            // A QEMU that does not answer is ended by a signal.
        }
    }
};

Machine::Machine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Machine::Machine(Machine&&) noexcept = default;

namespace {

constexpr auto timeToStop = std::chrono::seconds(10);

}  // namespace

Machine& Machine::operator=(Machine&& other) noexcept {
    if (this != &other) {
        Machine ended(std::move(*this));
        state_ = std::move(other.state_);
    }
    return *this;
}

Machine::~Machine() {
    if (!state_) return;
    try {
        stop(Deadline::in(timeToStop));
    } catch (const std::exception& failed) {
        state_->log.line(std::string("cannot stop the machine: ") + failed.what());
    }
}

Machine Machine::boot(const MachineSpec& spec, const LaunchOptions& options, Log& log, Deadline deadline, FailureLatch* failure) {
    Machine machine(std::make_unique<State>(log, options.folder, failure));
    auto& state = *machine.state_;
    state.qemu = launchQemu(spec, options, state.failure, deadline);
    state.qmp = Qmp::connect(qmpSocketIn(options.folder), deadline, &state.failure, &state.stopping);
    state.agent = GuestAgent::connect(agentSocketIn(options.folder), deadline, &state.failure, &state.stopping);
    state.ports = Ports::forwardedBy(Usernet::ask(*state.qmp, deadline), spec.guest);
    return machine;
}

const Ports& Machine::ports() const { return state_->ports; }
FailureLatch& Machine::failure() { return state_->failure; }
pid_t Machine::pid() const { return state_->qemu->pid(); }
FileDescriptor Machine::processHandle() const { return state_->qemu->handle(); }
const std::filesystem::path& Machine::folder() const { return state_->folder; }
Console& Machine::console() { return state_->qemu->console(); }
Qmp& Machine::qmp() { return *state_->qmp; }
GuestAgent& Machine::agent() { return *state_->agent; }

void Machine::onReset(OnReset action, Deadline deadline) {
    qmp().execute("set-action", {{"reboot", action == OnReset::goOn ? "reset" : "shutdown"}}, deadline);
    qmp().takeEvents();
}

void Machine::waitForReset(Deadline deadline) { qmp().waitForEvent("RESET", deadline); }

void Machine::forgetResets(Deadline deadline) {
    // Events that QEMU has sent come before the answer to a command.
    qmp().execute("query-status", deadline);
    qmp().takeEvents();
}

void Machine::stop(Deadline deadline) {
    if (!state_->qemu) return;
    auto& qemu = *state_->qemu;
    qemu.expectEnd();
    state_->stopping.declare("the machine is being stopped");
    if (!qemu.waitForEnd(Deadline::in({}))) {
        const auto politely = deadline.within(std::chrono::seconds(2));
        state_->askToQuit(politely);
        const bool asked = state_->qmp && !state_->failure.reason();
        if (!(asked && qemu.waitForEnd(politely))) {
            const auto grace =
                std::chrono::duration_cast<std::chrono::milliseconds>(deadline.within(std::chrono::seconds(3)).remaining());
            if (!qemu.terminate(grace)) {
                state_->log.line("QEMU (pid " + std::to_string(qemu.pid()) + ") did not quit when asked, and was killed");
            }
        }
    }
    for (const auto& socket : {qmpSocketIn(state_->folder), agentSocketIn(state_->folder), lanSocketIn(state_->folder)}) {
        std::error_code failed;
        std::filesystem::remove(socket, failed);
        if (failed) state_->log.line("cannot remove '" + socket.string() + "': " + failed.message());
    }
}

}  // namespace boxtest
