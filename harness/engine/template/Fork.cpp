#include "template/Fork.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Process.hpp"
#include "base/RandomToken.hpp"
#include "template/PipedState.hpp"
#include "vm/LaunchQemu.hpp"
#include "vm/SavedState.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr auto largestClockError = std::chrono::seconds(1);
constexpr int mostClockTries = 5;
/// Least free space, in bytes: a fork writes into its overlay and its logs, and with less it could fail at any time.
constexpr std::uintmax_t leastRoom = std::uintmax_t{128} << 20;

void checkRoom(const fs::path& folder) {
    std::error_code failed;
    const auto room = fs::space(folder, failed);
    if (!failed && room.available < leastRoom)
        throw SystemError(
            fmt::format("cannot fork a machine into '{}', which has {} MiB left", folder.string(), room.available >> 20), ENOSPC);
}

/// True if a clock that was read at some time between `asked` and now was right.
bool isRight(std::chrono::system_clock::time_point told, std::chrono::system_clock::time_point asked) {
    return told <= asked + largestClockError && told >= std::chrono::system_clock::now() - largestClockError;
}

double secondsBetween(std::chrono::system_clock::time_point a, std::chrono::system_clock::time_point b) {
    return std::chrono::duration<double>(a - b).count();
}

void goDown(Machine& machine, const std::function<void()>& ask, Deadline deadline) {
    try {
        ask();
        machine.waitForReset(deadline);
    } catch (const TimeoutError& error) {
        throw TimeoutError(fmt::format("the guest does not go down for its reboot: {}", error.what()));
    }
}

}  // namespace

Fork::Fork(std::unique_ptr<const ForkBase> base, MachineFolder folder, Machine machine, MachineInfo info)
    : base_(std::move(base)), folder_(std::move(folder)), machine_(std::move(machine)), info_(std::move(info)) {}

std::unique_ptr<ForkBase> Fork::baseOf(std::shared_ptr<const Template> from) {
    const auto& folder = from->folder();
    auto base = std::make_unique<ForkBase>(ForkBase{
        .spec = from->spec(),
        .launch = {.ramUse = RamUse::forked, .ram = folder / TemplateRecord::ramName, .disks = {from->disk()}, .incoming = true},
        .templateKey = from->key(),
        .state = folder / TemplateRecord::stateName});
    base->from = std::move(from);
    return base;
}

std::unique_ptr<Fork> Fork::prepare(std::shared_ptr<const Template> from, Log& log, FailureLatch& failure, Deadline deadline,
                                    CpuThreads cpuThreads) {
    auto base = baseOf(std::move(from));
    base->launch.cpuThreads = cpuThreads;
    return start(std::move(base), log, failure, deadline);
}

std::unique_ptr<Fork> Fork::prepareInFiles(std::shared_ptr<const Template> from, const fs::path& ram, const fs::path& disk,
                                           Log& log, FailureLatch& failure, Deadline deadline) {
    auto base = baseOf(std::move(from));
    base->launch.ram = ram;
    base->launch.ramUse = RamUse::written;
    // The template's own disk is copied, so that the new disk does not depend on it.
    auto& own = base->launch.disks.front();
    own.copyOf = own.backing.front().file;
    own.backing.erase(own.backing.begin());
    own.overlay = disk;
    return start(std::move(base), log, failure, deadline);
}

std::unique_ptr<Fork> Fork::resume(const GuestHooks& hooks, const KeptMachine& kept, Log& log, FailureLatch& failure,
                                   Deadline deadline) {
    auto fork = start(kept.base(hooks, deadline), log, failure, deadline);
    fork->describe(kept.scenario, kept.reason);
    return fork;
}

std::unique_ptr<Fork> Fork::start(std::unique_ptr<const ForkBase> base, Log& log, FailureLatch& failure, Deadline deadline) {
    auto folder = MachineFolder::make(log);
    checkRoom(folder.path());
    std::optional<PipedState> piped;
    if (base->state.extension() == ".zst") piped.emplace(base->state);
    auto launch = base->launch;
    launch.folder = folder.path();
    if (piped) launch.inherited.push_back(piped->fd());
    auto machine = Machine::boot(base->spec, launch, log, deadline, &failure);
    if (piped) {
        const int fd = piped->fd();
        piped->handOver();
        try {
            loadState(machine, fd, deadline);
        } catch (const GuestError&) {
            piped->check();
            throw;
        }
        piped->finish(deadline);
    } else {
        loadState(machine, base->state, deadline);
    }
    MachineInfo info{.guestFolder = base->guest().folder,
                     .folder = folder.path(),
                     .ports = machine.ports(),
                     .qemuPid = machine.pid(),
                     .accelerator = base->spec.accelerator.name(),
                     .started = std::chrono::system_clock::now(),
                     .token = randomToken(),
                     .templateKey = base->templateKey,
                     .kept = base->kept};
    writeFileAtomically(info.knownHosts(), fmt::format("{} {}\n", base->guest().domain, base->guest().ssh.hostKey), 0600);
    info.save(info.file());
    return std::unique_ptr<Fork>(new Fork(std::move(base), std::move(folder), std::move(machine), std::move(info)));
}

void Fork::describe(std::string scenario, std::string reason) {
    scenario_ = std::move(scenario);
    reason_ = std::move(reason);
}

Fork::~Fork() {
    if (!running_) return;
    try {
        // Stopped first, so that settling_ does not wait for a silent guest.
        machine_.stop(Deadline::in(std::chrono::seconds(10)));
    } catch (const std::exception&) {
        // The destructor of the machine logs the error.
    }
}

SshTarget Fork::sshTarget() const {
    auto target = info_.sshTarget(base_->guest().ssh);
    target.tokenTold = identified_;
    return target;
}

void Fork::begin(Deadline deadline) {
    if (running_) return;
    if (kept_) throw UsageError("this machine was kept and cannot run any more");
    machine_.qmp().execute("cont", deadline);
    running_ = true;
    std::promise<void> settle;
    settled_ = settle.get_future().share();
    settling_ = BackgroundThread([this, deadline, settle = std::move(settle)]() mutable {
        try {
            this->settle(deadline);
            settle.set_value();
        } catch (...) {
            if (!identified()) identify_.set_exception(std::current_exception());
            settle.set_exception(std::current_exception());
        }
    });
}

void Fork::run(Deadline deadline) {
    begin(deadline);
    waitUntilSettled(deadline);
    settled_.get();
}

void Fork::waitUntilSettled(Deadline deadline) const {
    // wait_until() cannot handle Deadline::never().
    if (deadline.at() == std::chrono::steady_clock::time_point::max()) return settled_.wait();
    if (settled_.wait_until(deadline.at()) != std::future_status::ready)
        throw TimeoutError("the fork does not respond: timed out waiting for the guest's agent");
}

bool Fork::identified() const { return identified_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

void Fork::awaitLife(Deadline deadline) {
    try {
        machine_.agent().sync(deadline);
    } catch (const TimeoutError& error) {
        throw TimeoutError(fmt::format("the fork does not respond: {}", error.what()));
    }
}

void Fork::forgetToken(Deadline deadline) { machine_.agent().writeFile(base_->guest().bannerFile, "", deadline); }

void Fork::writeToken(Deadline deadline) { machine_.agent().writeFile(base_->guest().bannerFile, info_.token + "\n", deadline); }

void Fork::settle(Deadline deadline) {
    awaitLife(deadline);
    if (!identified()) {
        writeToken(deadline);
        identify_.set_value();
    }
    setClock(deadline);
}

void Fork::reboot(const std::function<void()>& ask, Deadline deadline) {
    if (!running_) throw UsageError("this machine does not run, and cannot be rebooted");
    waitUntilSettled(deadline);
    settled_.get();
    machine_.onReset(OnReset::goOn, deadline);
    try {
        goDown(machine_, ask, deadline);
    } catch (const std::exception&) {
        try {
            machine_.onReset(OnReset::end, Deadline::in(std::chrono::seconds(10)));
        } catch (const std::exception&) {
            // QEMU does not answer any more; the first error states the cause.
        }
        throw;
    }
    settleAfterReboot(deadline);
    // Only now: when this was set right after the first RESET, QEMU ended before the guest was back (observed; most likely the
    // firmware resets a second time on the way up). From here on a reset is unexpected again.
    machine_.onReset(OnReset::end, deadline);
}

void Fork::settleAfterReboot(Deadline deadline) {
    awaitLife(deadline);
    // The token's file was on a memory file system, and is lost.
    writeToken(deadline);
    setClock(deadline);
    machine_.forgetResets(deadline);
}

void Fork::setClock(Deadline deadline) {
    auto& agent = machine_.agent();
    double error = 0;
    // The guest read its clock at some time between request and answer: if that took long, the result is inconclusive.
    for (int tries = 0; tries < mostClockTries; ++tries) {
        auto asked = std::chrono::system_clock::now();
        auto told = agent.setTime(asked, deadline);
        if (isRight(told, asked)) return;
        asked = std::chrono::system_clock::now();
        told = agent.time(deadline);
        if (isRight(told, asked)) return;
        error = secondsBetween(told, std::chrono::system_clock::now());
    }
    throw GuestError(fmt::format("the fork's clock is wrong by {:.1f} s and cannot be set", error));
}

void Fork::pause(Deadline deadline) {
    if (!running_) return;
    waitUntilSettled(deadline);
    machine_.qmp().execute("stop", deadline);
    running_ = false;
}

void Fork::keep(const fs::path& folder, Deadline deadline) {
    if (kept_) throw UsageError("this machine was kept already");
    const auto& disk = base_->onlyDisk();
    if (!files::makeFolders(folder) && !files::entriesOf(folder).empty())
        throw UsageError(fmt::format("cannot keep a machine in '{}': there is something in it", folder.string()));
    KeptMachine kept{.folder = folder,
                     .scenario = scenario_,
                     .reason = reason_,
                     .when = std::chrono::system_clock::now(),
                     .guestFolder = base_->guest().folder,
                     .templateKey = base_->templateKey,
                     .qemuVersion = base_->spec.qemu.version,
                     .accelerator = base_->spec.accelerator.name(),
                     .cpuModel = base_->spec.cpuModel,
                     .support = {},
                     .ram = {},
                     .ramFacts = {}};
    try {
        files::setPermissions(folder, fs::perms::owner_all);
        pause(deadline);
        for (const auto& image : disk.backing) kept.support.push_back({image, FileFacts::of(image.file)});
        if (!base_->launch.ram.empty()) {
            kept.ram = base_->launch.ram;
            kept.ramFacts = FileFacts::of(kept.ram);
            if (base_->from)
                kept.templateState = base_->from->record().files.at(TemplateRecord::stateName);
            else if (!base_->kept.empty())
                kept.templateState = KeptMachine::load(base_->kept).templateState;
        }
        const auto state = folder / "state";
        saveState(machine_, state, deadline);
        files::setPermissions(state, fs::perms::owner_read | fs::perms::owner_write);
        // Only an ended QEMU has written all of its disk.
        machine_.stop(deadline);
        kept_ = true;
        moveFile(folder_.path() / "overlay.qcow2", kept.disk());
        files::copyFile(base_->disk().copyOf, folder / "empty.qcow2");
        files::copyFile(info_.console(), folder / "console.log");
        kept.save();
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        throw;
    }
}

void Fork::shareSegmentWith(TestMachine& other) {
    const auto join = [](const fs::path& from, const fs::path& to) {
        const auto link = lanPeerIn(from);
        std::error_code ignored;
        fs::remove(link, ignored);
        files::makeLink(lanSocketIn(to), link);
    };
    join(info_.folder, other.info().folder);
    join(other.info().folder, info_.folder);
}

std::uint64_t Fork::privateMemory() const {
    std::ifstream stream(fmt::format("/proc/{}/smaps_rollup", info_.qemuPid));
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string name;
        std::uint64_t kilobytes = 0;
        if (words >> name >> kilobytes && name == "Private_Dirty:") return kilobytes * 1024;
    }
    return 0;
}

void Fork::stop(Deadline deadline) { machine_.stop(deadline); }

void Fork::endAtOnce() const noexcept {
    // Not by its pid, which another process may have by now.
    if (process_) ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
    std::error_code failed;
    fs::remove_all(folder_.path(), failed);
}

}  // namespace boxtest
