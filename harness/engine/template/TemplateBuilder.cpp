#include "template/TemplateBuilder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/ShownWait.hpp"
#include "ssh/Session.hpp"
#include "template/Fork.hpp"
#include "template/QuietGuest.hpp"
#include "template/Template.hpp"
#include "template/TemplateStore.hpp"
#include "vm/SavedState.hpp"
#include "vm/Usernet.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// Room for the rest, in addition to the RAM: the disk's overlay and the state.
constexpr std::uintmax_t roomForTheRest = std::uintmax_t{256} << 20;
/// Free space below which a disk counts as full.
constexpr std::uintmax_t asGoodAsFull = std::uintmax_t{32} << 20;
constexpr auto agentPatience = std::chrono::minutes(2);

double secondsSince(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// For the user who waits.
std::string expectation(const LastMade& last) {
    if (!last.boot) return "it takes minutes without KVM, and has no estimate the first time";
    return fmt::format("the last one here was ready after {:.0f} s{}", last.boot->count(),
                       last.warmUp ? fmt::format(" and warm after {:.0f} s more", last.warmUp->count()) : "");
}

std::uintmax_t roomIn(const fs::path& folder) {
    std::error_code failed;
    const auto room = fs::space(folder, failed);
    return failed ? UINTMAX_MAX : room.available;
}

/// Copies the data of a sparse file into an empty sparse file of the same size.
void copyContent(const fs::path& from, const fs::path& to) {
    const FileDescriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    const FileDescriptor out(::open(to.c_str(), O_WRONLY | O_CLOEXEC));
    const auto must = [&](bool good) {
        if (!good) throw SystemError(fmt::format("cannot copy '{}' to '{}'", from.string(), to.string()), errno);
    };
    must(in && out);
    off_t at = 0;
    while ((at = ::lseek(in.get(), at, SEEK_DATA)) >= 0) {
        const auto end = ::lseek(in.get(), at, SEEK_HOLE);
        must(end > at);
        auto written = at;
        while (at < end) {
            const auto copied = ::copy_file_range(in.get(), &at, out.get(), &written, static_cast<std::size_t>(end - at), 0);
            must(copied > 0);
        }
    }
    // ENXIO: only a hole up to the end.
    must(errno == ENXIO);
}

void syncToDisk(const fs::path& path) {
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) throw SystemError(fmt::format("cannot write '{}' to the disk", path.string()), errno);
}

}  // namespace

TemplateBuilder::TemplateBuilder(const GuestHooks& hooks, MachineSpec spec, TemplateRecord record,
                                 std::shared_ptr<const Template> from, std::function<void(const MachineInfo&)> booting, Log& log,
                                 FailureLatch& failure)
    : hooks_(hooks),
      spec_(std::move(spec)),
      record_(std::move(record)),
      from_(std::move(from)),
      booting_(std::move(booting)),
      log_(log),
      failure_(failure) {}

TemplateRecord TemplateBuilder::build(const fs::path& folder, Deadline deadline) {
    // Leftovers of a killed builder.
    files::removeAll(folder);
    files::makeFolder(folder);
    files::setPermissions(folder, fs::perms::owner_all);
    try {
        buildIn(folder, deadline);
        return record_;
    } catch (const Error& error) {
        const bool full = roomIn(folder) < asGoodAsFull;
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        if (!full) throw;
        // On a full disk QEMU dies of a bus error, which does not show the cause.
        throw SystemError(fmt::format("cannot make the template in '{}' ({})", folder.parent_path().string(), error.what()),
                          ENOSPC);
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        throw;
    }
}

void TemplateBuilder::buildIn(const fs::path& folder, Deadline deadline) {
    record_.guestFolder = spec_.guest.folder;
    last_ = LastMade::in(folder.parent_path(), record_.accelerator);
    log_.line(expectation(last_));
    from_ ? goOnFrom(folder, deadline) : boot(folder, deadline);
    seal(folder, deadline);
}

void TemplateBuilder::boot(const fs::path& folder, Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    record_.guestDisk = FileFacts::of(spec_.guest.boot.disk);
    makeRam(folder / TemplateRecord::ramName, spec_.guest.memoryMiB);
    auto ready = ReadyMachine::boot(hooks_, spec_,
                                    {.ramUse = RamUse::written,
                                     .ram = folder / TemplateRecord::ramName,
                                     .disks = {{.overlay = folder / TemplateRecord::diskName}},
                                     .onlyMigratable = true},
                                    log_, failure_, deadline, booting_, last_.boot);
    record_.bootSeconds = secondsSince(begun);
    const Running running{ready.guest(), ready.info(), ready.info().sshTarget(ready.guest().ssh), ready.machine()};
    settle(running, deadline);
    freeze(running, folder, deadline);
}

void TemplateBuilder::goOnFrom(const fs::path& folder, Deadline deadline) {
    const auto& from = *from_;
    record_.guestDisk = from.record().guestDisk;
    record_.bootSeconds = from.record().bootSeconds;
    makeRam(folder / TemplateRecord::ramName, from.guest().memoryMiB);
    {
        const ShownWait shown(log_, "a copy of the RAM of the template that this one is made from");
        copyContent(from.folder() / TemplateRecord::ramName, folder / TemplateRecord::ramName);
    }
    const auto fork = Fork::prepareInFiles(from_, folder / TemplateRecord::ramName, folder / TemplateRecord::diskName, log_,
                                           failure_, deadline);
    fork->run(deadline);
    carryOut(*fork, deadline);
    const Running running{fork->guest(), fork->info(), fork->sshTarget(), fork->machine()};
    settle(running, deadline);
    fork->forgetToken(deadline);
    freeze(running, folder, deadline);
}

void TemplateBuilder::carryOut(Fork& fork, Deadline deadline) {
    const auto step = record_.after();
    if (step.empty()) return;
    const auto begun = std::chrono::steady_clock::now();
    hooks_.carryOut(
        step, fork.guest(), fork.info(), [&](const std::function<void()>& ask) { fork.reboot(ask, deadline); }, log_, failure_,
        deadline);
    log_.line(fmt::format("{} done, the guest is ready: {:.0f} s", step, secondsSince(begun)));
}

void TemplateBuilder::makeRam(const fs::path& file, int mebibytes) const {
    const auto size = static_cast<std::uintmax_t>(mebibytes) << 20;
    if (const auto room = roomIn(file.parent_path()); room < size + roomForTheRest)
        throw SystemError(fmt::format("cannot make a template: it may need {} MiB, and '{}' has {} left",
                                      (size + roomForTheRest) >> 20, file.parent_path().parent_path().string(), room >> 20),
                          ENOSPC);
    const FileDescriptor ram(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!ram || ::ftruncate(ram.get(), static_cast<off_t>(size)) != 0)
        throw SystemError(fmt::format("cannot make the RAM file '{}'", file.string()), errno);
}

void TemplateBuilder::settle(const Running& running, Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    const bool warm = record_.stage() == TemplateStage::warm;
    log_.expect(warm ? last_.warmUp : std::nullopt);
    if (warm) hooks_.warmUp(running.guest, running.info, log_, failure_, deadline);
    sync(running, deadline);
    log_.line(fmt::format("{}file systems are synced: {:.0f} s", warm ? "warmed up, " : "", secondsSince(begun)));
    auto& qmp = running.machine.qmp();
    waitUntilQuiet({.cpuTime = [&] { return cpuTimeOf(running.machine.pid()); },
                    .hasConnections = [&] { return Usernet::ask(qmp, deadline).hasConnections(); }},
                   {}, log_, failure_, deadline);
    if (warm) record_.warmSeconds = secondsSince(begun);
    log_.expect(std::nullopt);
}

void TemplateBuilder::sync(const Running& running, Deadline deadline) {
    ShownWait shown(log_, "the guest agent");
    try {
        running.machine.agent().sync(deadline.within(agentPatience));
    } catch (const TimeoutError&) {
        throw GuestError("the guest has no QEMU guest agent that answers: no fork of it could be given the right time");
    }
    shown.now("the guest's file systems to be written");
    const auto& admin = running.guest.admin;
    auto session = Session::connect(running.target, admin, running.guest.ssh.keyOf(admin), deadline, &failure_);
    RunOptions options;
    options.deadline = deadline;
    const auto synced = session.run({"sync"}, options);
    if (!synced.succeeded()) throw GuestError("cannot sync the guest's file systems: " + synced.describe());
}

void TemplateBuilder::freeze(const Running& running, const fs::path& folder, Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    saveState(running.machine, folder / TemplateRecord::stateName, deadline);
    record_.freezeSeconds = secondsSince(begun);
    running.machine.stop(deadline);
    log_.line(fmt::format("frozen in {:.2f} s", record_.freezeSeconds));
}

void TemplateBuilder::seal(const fs::path& folder, Deadline deadline) {
    const ShownWait shown(log_, "the template's files to be written to the disk");
    const auto& qemu = spec_.qemu;
    const auto disk = folder / TemplateRecord::diskName;
    // An empty image of the same size, to be copied: QEMU gets the images below it as options.
    const auto told =
        runProgram({qemu.imageTool.string(), "info", "--output=json", "-U", disk.string()}, deadline, {.failure = &failure_});
    const auto facts = nlohmann::json::parse(told.out, nullptr, false);
    if (!told.succeeded() || !facts.is_object() || !facts.contains("virtual-size"))
        throw Error(ErrorKind::system, fmt::format("cannot tell the size of '{}': qemu-img {}", disk.string(), told.describe()));
    const auto made = runProgram({qemu.imageTool.string(), "create", "-q", "-f", "qcow2",
                                  (folder / TemplateRecord::emptyOverlayName).string(), facts["virtual-size"].dump()},
                                 deadline, {.failure = &failure_});
    if (!made.succeeded())
        throw Error(ErrorKind::system,
                    fmt::format("cannot make an empty disk in '{}': qemu-img {}", folder.string(), made.describe()));
    for (const auto* name :
         {TemplateRecord::ramName, TemplateRecord::stateName, TemplateRecord::diskName, TemplateRecord::emptyOverlayName}) {
        const auto file = folder / name;
        files::setPermissions(file, fs::perms::owner_read);
        syncToDisk(file);
        record_.files[name] = FileFacts::of(file, name == std::string(TemplateRecord::stateName));
    }
    record_.frozen = std::chrono::system_clock::now();
    // Written last: a folder without it is not a template.
    record_.save(folder);
    syncToDisk(folder / TemplateRecord::fileName);
    syncToDisk(folder);
}

}  // namespace boxtest
