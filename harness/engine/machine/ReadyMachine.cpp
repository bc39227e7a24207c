#include "machine/ReadyMachine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "store/Store.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

namespace {

constexpr auto versionBudget = std::chrono::seconds(30);

/// The kinds of error that a look at the guest's logs may explain.
bool logsExplain(const Error& error) {
    return error.kind() == ErrorKind::guest || error.kind() == ErrorKind::timeout || error.kind() == ErrorKind::transport;
}

std::string withLogs(const Error& error) {
    return fmt::format("{}\n(its logs: {})", error.what(), (MachineFolder::keptLogs() / "console.log").string());
}

}  // namespace

ReadyMachine::ReadyMachine(Lease lease, std::unique_ptr<Guest> guest, MachineFolder folder, Machine machine, MachineInfo info)
    : lease_(std::move(lease)),
      guest_(std::move(guest)),
      folder_(std::move(folder)),
      machine_(std::move(machine)),
      info_(std::move(info)) {}

ReadyMachine ReadyMachine::boot(const GuestHooks& hooks, const BootOptions& options, Log& log, FailureLatch& failure,
                                const std::function<void(const MachineInfo&)>& booting) {
    const auto begun = std::chrono::steady_clock::now();
    const auto deadline = Deadline::in(options.timeout);
    auto lease = store::use(options.guestFolder, log, &failure, deadline);
    auto guest = std::make_unique<Guest>(hooks.load(options.guestFolder));
    const auto qemu = QemuProgram::find(guest->architecture, deadline.within(versionBudget));
    AcceleratorOptions probing;
    probing.interrupted = &failure;
    const auto accelerator =
        options.chosen ? *options.chosen : chooseAccelerator(options.accelerator, *guest, qemu, log, deadline, probing);

    auto folder = MachineFolder::make(log);
    try {
        log.line(fmt::format("booting guest {} ({}) on QEMU {}", guest->id.substr(0, 12), guest->flavour, qemu.version));
        auto machine =
            Machine::boot(*guest, qemu, {.accelerator = accelerator, .folder = folder.path(), .launch = options.launch}, log,
                          deadline, &failure);
        MachineInfo info{.guestFolder = guest->folder,
                         .folder = folder.path(),
                         .ports = machine.ports(),
                         .qemuPid = machine.pid(),
                         .accelerator = accelerator.name(),
                         .started = std::chrono::system_clock::now()};
        writeFileAtomically(info.knownHosts(), fmt::format("{} {}\n", guest->domain, guest->ssh.hostKey), 0600);
        if (booting) booting(info);
        hooks.waitUntilReady(*guest, info, log, failure, deadline);
        machine.console().bootIsOver();
        info.save(info.file());
        log.line(fmt::format("the guest is ready after {:.0f} s",
                             std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count()));
        return {std::move(lease), std::move(guest), std::move(folder), std::move(machine), std::move(info)};
    } catch (const Error& error) {
        if (!logsExplain(error)) throw;
        folder.keepLogs();
        if (error.kind() == ErrorKind::timeout) throw TimeoutError(withLogs(error));
        if (error.kind() == ErrorKind::transport) throw TransportError(withLogs(error));
        throw GuestError(withLogs(error));
    }
}

}  // namespace boxtest
