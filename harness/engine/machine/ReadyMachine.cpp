#include "machine/ReadyMachine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/RestLog.hpp"
#include "store/Store.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

namespace {

constexpr auto versionBudget = std::chrono::seconds(30);

/// True for the kinds of error that the guest's logs may explain.
bool logsExplain(const Error& error) {
    return error.kind() == ErrorKind::guest || error.kind() == ErrorKind::timeout || error.kind() == ErrorKind::transport;
}

std::string withLogs(const Error& error) {
    return fmt::format("{}\n(its logs: {})", error.what(), (MachineFolder::keptLogs() / "console.log").string());
}

}  // namespace

ReadyMachine::ReadyMachine(Lease lease, std::unique_ptr<MachineSpec> spec, MachineFolder folder, Machine machine,
                           MachineInfo info)
    : lease_(std::move(lease)),
      spec_(std::move(spec)),
      folder_(std::move(folder)),
      machine_(std::move(machine)),
      info_(std::move(info)) {}

MachineSpec BootOptions::spec(const GuestHooks& hooks, Log& log, const FailureLatch& failure, Deadline deadline) const {
    MachineSpec made;
    made.guest = hooks.load(guestFolder);
    made.qemu = QemuProgram::find(made.guest.architecture, deadline.within(versionBudget));
    AcceleratorOptions probing;
    probing.interrupted = &failure;
    made.accelerator = chosen ? *chosen : chooseAccelerator(accelerator, made.guest, made.qemu, log, deadline, probing);
    return made;
}

ReadyMachine ReadyMachine::boot(const GuestHooks& hooks, const BootOptions& options, Log& log, FailureLatch& failure,
                                const std::function<void(const MachineInfo&)>& booting) {
    const auto deadline = Deadline::in(options.timeout);
    const auto lease = store::use(options.guestFolder, log, &failure, deadline);
    return boot(hooks, options.spec(hooks, log, failure, deadline), {}, log, failure, deadline, booting, options.lastBoot);
}

ReadyMachine ReadyMachine::boot(const GuestHooks& hooks, MachineSpec asked, LaunchOptions launch, Log& log, FailureLatch& failure,
                                Deadline deadline, const std::function<void(const MachineInfo&)>& booting,
                                std::optional<std::chrono::duration<double>> lastBoot) {
    const auto begun = std::chrono::steady_clock::now();
    auto lease = store::use(asked.guest.folder, log, &failure, deadline);
    auto spec = std::make_unique<MachineSpec>(std::move(asked));
    const auto& guest = spec->guest;
    auto folder = MachineFolder::make(log);
    try {
        log.line(fmt::format("booting guest {} ({}) on QEMU {}", guest.id.substr(0, 12), guest.flavour, spec->qemu.version));
        launch.folder = folder.path();
        auto machine = Machine::boot(*spec, launch, log, deadline, &failure);
        MachineInfo info{.guestFolder = guest.folder,
                         .folder = folder.path(),
                         .ports = machine.ports(),
                         .qemuPid = machine.pid(),
                         .accelerator = spec->accelerator.name(),
                         .started = std::chrono::system_clock::now()};
        writeFileAtomically(info.knownHosts(), fmt::format("{} {}\n", guest.domain, guest.ssh.hostKey), 0600);
        if (booting) booting(info);
        RestLog shown(log);
        shown.expect(lastBoot);
        hooks.waitUntilReady(guest, info, shown, failure, deadline);
        machine.console().bootIsOver();
        info.save(info.file());
        log.line(fmt::format("the guest is ready after {:.0f} s",
                             std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()));
        return {std::move(lease), std::move(spec), std::move(folder), std::move(machine), std::move(info)};
    } catch (const Error& error) {
        if (!logsExplain(error)) throw;
        folder.keepLogs();
        if (error.kind() == ErrorKind::timeout) throw TimeoutError(withLogs(error));
        if (error.kind() == ErrorKind::transport) throw TransportError(withLogs(error));
        throw GuestError(withLogs(error));
    }
}

}  // namespace boxtest
