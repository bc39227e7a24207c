#include "template/TemplateBuilder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"
#include "base/ShownWait.hpp"
#include "ssh/Session.hpp"
#include "template/QuietGuest.hpp"
#include "template/WarmUp.hpp"
#include "vm/MachineState.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// Beside the RAM: the disk's overlay, the state.
constexpr std::uintmax_t roomForTheRest = std::uintmax_t{256} << 20;
/// What is left of a disk that was filled.
constexpr std::uintmax_t asGoodAsFull = std::uintmax_t{32} << 20;
constexpr auto agentPatience = std::chrono::minutes(2);

double secondsSince(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

std::uintmax_t roomIn(const fs::path& folder) {
    std::error_code failed;
    const auto room = fs::space(folder, failed);
    return failed ? UINTMAX_MAX : room.available;
}

void syncToDisk(const fs::path& path) {
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) throw SystemError(fmt::format("cannot write '{}' to the disk", path.string()), errno);
}

}  // namespace

TemplateBuilder::TemplateBuilder(BootOptions boot, TemplateRecord record, std::function<void(const MachineInfo&)> booting,
                                 Log& log, FailureLatch& failure)
    : boot_(std::move(boot)), record_(std::move(record)), booting_(std::move(booting)), log_(log), failure_(failure) {}

TemplateRecord TemplateBuilder::build(const fs::path& folder, Deadline deadline) {
    // What a killed builder left.
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
        // QEMU dies of a bus error then, which tells nobody why.
        throw SystemError(fmt::format("cannot make the template in '{}' ({})", folder.parent_path().string(), error.what()),
                          ENOSPC);
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        throw;
    }
}

void TemplateBuilder::buildIn(const fs::path& folder, Deadline deadline) {
    const auto begun = std::chrono::steady_clock::now();
    const auto manifest = Manifest::load(boot_.guestFolder);
    record_.guestFolder = manifest.folder;
    record_.guestDisk = FileFacts::of(manifest.boot.disk);
    makeRam(folder / TemplateRecord::ramName, manifest.memoryMiB);
    auto boot = boot_;
    boot.launch = {.cpuModel = record_.cpuModel,
                   .ramUse = RamUse::written,
                   .ram = folder / TemplateRecord::ramName,
                   .overlay = folder / TemplateRecord::diskName,
                   .onlyMigratable = true};
    auto ready = ReadyMachine::boot(boot, log_, failure_, booting_);
    record_.bootSeconds = secondsSince(begun);
    freeze(ready, folder, deadline);
    seal(folder, deadline);
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

void TemplateBuilder::settle(ReadyMachine& ready, Deadline deadline) {
    const auto& manifest = ready.manifest();
    const auto begun = std::chrono::steady_clock::now();
    std::optional<ShownWait> shown(std::in_place, log_, "the first pages and a walk over all files");
    warmUp(manifest, ready.info(), log_, failure_, deadline);
    shown->now("the guest agent");
    try {
        ready.machine().agent().sync(deadline.within(agentPatience));
    } catch (const TimeoutError&) {
        throw GuestError("the guest has no QEMU guest agent that answers: no fork of it could be given the right time");
    }
    shown->now("the guest's file systems to be written");
    {
        auto session = Session::connect(ready.info().sshTarget(manifest), manifest.names.admin,
                                        manifest.ssh.keyOf(manifest.names.admin), deadline, &failure_);
        RunOptions options;
        options.deadline = deadline;
        const auto synced = session.run({"sync"}, options);
        if (!synced.succeeded()) throw GuestError("cannot sync the guest's file systems: " + synced.describe());
    }
    log_.line(
        fmt::format("the login pages were shown, all files looked at, file systems are synced: {:.0f} s", secondsSince(begun)));
    auto& qmp = ready.machine().qmp();
    waitUntilQuiet({.cpuTime = [&] { return cpuTimeOf(ready.machine().pid()); },
                    .hasConnections = [&] { return hasConnections(qmp.humanCommand("info usernet", deadline)); }},
                   {}, log_, failure_, deadline);
}

void TemplateBuilder::freeze(ReadyMachine& ready, const fs::path& folder, Deadline deadline) {
    settle(ready, deadline);
    const auto begun = std::chrono::steady_clock::now();
    saveState(ready.machine(), folder / TemplateRecord::stateName, deadline);
    record_.freezeSeconds = secondsSince(begun);
    ready.stop(deadline);
    log_.line(fmt::format("frozen in {:.2f} s", record_.freezeSeconds));
}

void TemplateBuilder::seal(const fs::path& folder, Deadline deadline) {
    const auto qemu = QemuProgram::find(Manifest::load(boot_.guestFolder).architecture, deadline);
    const auto disk = folder / TemplateRecord::diskName;
    // An empty image of the same size, to be copied: what it lies on is told to QEMU.
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
    // Last: a folder without it is no template.
    record_.save(folder);
    syncToDisk(folder / TemplateRecord::fileName);
    syncToDisk(folder);
}

}  // namespace boxtest
