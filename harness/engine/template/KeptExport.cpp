#include "template/KeptExport.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/Archive.hpp"
#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/RunProgram.hpp"
#include "base/Sha256.hpp"
#include "store/Lease.hpp"
#include "store/StagingFolder.hpp"
#include "store/Store.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

void mustSucceed(const std::vector<std::string>& argv, const std::string& what, Deadline deadline, const FailureLatch* failure) {
    if (!findProgram(argv.front()))
        throw UsageError(
            fmt::format("the program '{}' is missing on this host; `boxtest doctor` tells what to install", argv.front()));
    const auto done = runProgram(argv, deadline, {.failure = failure});
    if (!done.succeeded()) throw Error(ErrorKind::system, fmt::format("cannot {}: {} {}", what, argv.front(), done.describe()));
}

/// An image with its backing chain, in the notation of qemu-img.
json blockdev(const KeptMachine& kept) {
    json image;
    for (auto one = kept.support.rbegin(); one != kept.support.rend(); ++one) {
        json above{{"driver", one->image.format}, {"file", {{"driver", "file"}, {"filename", one->image.file.string()}}}};
        if (!image.is_null()) above["backing"] = image;
        image = above;
    }
    json top{{"driver", "qcow2"}, {"file", {{"driver", "file"}, {"filename", kept.disk().string()}}}};
    if (!image.is_null()) top["backing"] = image;
    return top;
}

/// Does not replace a file that was created meanwhile, if the file system supports that.
void putInPlace(const fs::path& part, const fs::path& file) {
    if (::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, file.c_str(), RENAME_NOREPLACE) == 0) return;
    if (errno == EEXIST) throw UsageError(fmt::format("there is a '{}' already", file.string()));
    if ((errno != EINVAL && errno != ENOSYS) || ::rename(part.c_str(), file.c_str()) != 0)
        throw SystemError(fmt::format("cannot rename '{}' to '{}'", part.string(), file.string()), errno);
}

/// Creates a hard link where possible, because the file is large.
void linkOrCopy(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::create_hard_link(from, to, failed);
    if (failed) files::copyFile(from, to);
}

/// The machine's disk as an argument for qemu-img.
std::string imageOf(const KeptMachine& kept) {
    try {
        return "json:" + blockdev(kept).dump();
    } catch (const json::type_error&) {
        throw UsageError(fmt::format("the machine in '{}' cannot be exported: QEMU cannot use a path that is not UTF-8",
                                     kept.folder.string()));
    }
}

/// Removes files that killed exports to this file have left beside it: no process holds a lease on them.
void removeLeftParts(const fs::path& file) {
    const auto name = file.filename().string() + ".";
    for (const auto& left : entriesOf(file.has_parent_path() ? file.parent_path() : ".")) {
        const auto its = left.filename().string();
        const auto number = its.starts_with(name) && its.ends_with(".part")
                                ? its.substr(name.size(), its.size() - std::min(its.size(), name.size() + 5))
                                : "";
        if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto alone = Lease::tryTake({.path = left}, Lease::Kind::exclusive);
        std::error_code failed;
        if (alone && *alone) fs::remove(left, failed);
    }
}

void exportTo(const fs::path& file, const std::vector<Archived>& what, Log& log, Deadline deadline, const FailureLatch* failure) {
    log.waiting("the file to be written", {});
    removeLeftParts(file);
    const auto part = fmt::format("{}.{}.part", file.string(), ::getpid());
    // Created with mode 0600 before it has content: it will contain the guest's keys, or memory with them.
    writeFileAtomically(part, "", 0600);
    const auto lease = Lease::tryTake({.path = part}, Lease::Kind::exclusive);
    if (!lease || !*lease) throw SystemError(fmt::format("cannot lock '{}'", part), EWOULDBLOCK);
    try {
        writeArchive(part, what, deadline, failure);
        putInPlace(part, file);
    } catch (...) {
        std::error_code ignored;
        fs::remove(part, ignored);
        throw;
    }
}

/// The machine of a file that depends on a template, on top of the template that is on this host.
LeasedKeptMachine onTheTemplateHere(const GuestHooks& hooks, const KeptMachine& inside, const fs::path& file,
                                    const fs::path& asked, Log& log, Deadline deadline, const FailureLatch* failure) try {
    return keptOnTemplate(hooks, inside, asked.empty() ? templateOf(inside) : asked, log, failure, deadline);
} catch (const UsageError& error) {
    throw UsageError(fmt::format("cannot resume '{}': {}", file.string(), error.what()));
}

/// Turns the unpacked files into a kept machine of this host. Returns the leases under which its template and its guest were
/// found.
std::vector<Lease> complete(const GuestHooks& hooks, const fs::path& unpacked, const fs::path& file, const fs::path& asked,
                            Log& log, Deadline deadline, const FailureLatch* failure) {
    std::vector<Lease> leases;
    const auto inside = KeptMachine::load(unpacked);
    const bool ownRam = inside.ram.empty() || inside.ram == unpacked / KeptMachine::ramName;
    if (isDifferenceToTemplate(inside)) {
        auto there = onTheTemplateHere(hooks, inside, file, asked, log, deadline, failure);
        there.machine.save();
        leases = std::move(there.leases);
    } else if (!inside.support.empty() || inside.ramFacts || !ownRam || inside.guestFolder != unpacked / "guest") {
        throw UsageError(fmt::format("'{}' is not an exported machine: it depends on other files", file.string()));
    }
    files::setPermissions(unpacked, fs::perms::owner_all);
    return leases;
}

}  // namespace

void exportKept(const GuestHooks& hooks, const KeptMachine& kept, const fs::path& file, Log& log, Deadline deadline,
                const FailureLatch* failure) {
    if (files::exists(file)) throw UsageError(fmt::format("there is a '{}' already", file.string()));
    compressKept(kept.folder, log, deadline, failure);
    // From here on leases protect the machine and its dependencies from removal.
    const auto base = kept.base(hooks, deadline);
    const StagingFolder staging(".export");
    log.waiting("the disk to be flattened and compressed", {});
    mustSucceed({base->spec.qemu.imageTool.string(), "convert", "-U", "-c", "-O", "qcow2", "-o", "compression_type=zstd",
                 imageOf(kept), (staging.path() / "disk.qcow2").string()},
                "flatten the disk", deadline, failure);
    linkOrCopy(kept.folder / KeptMachine::packedStateName, staging.path() / KeptMachine::packedStateName);
    for (const auto* name : {"empty.qcow2", "console.log"}) files::copyFile(kept.folder / name, staging.path() / name);
    // The guest needs no disk: the machine's own disk, one folder up, contains everything.
    hooks.copyWithoutDisk(kept.guestFolder, staging.path() / "guest", "disk.qcow2");
    auto alone = kept;
    alone.folder = staging.path();
    alone.guestFolder = staging.path() / "guest";
    alone.support.clear();
    alone.ramFacts.reset();
    alone.save();
    // Archived from its own place, because it is large.
    std::vector<Archived> what{{staging.path(), {"."}}};
    if (!kept.ram.empty()) what.push_back({kept.ram.parent_path(), {KeptMachine::ramName}});
    exportTo(file, what, log, deadline, failure);
}

void exportDifference(const KeptMachine& kept, const fs::path& file, Log& log, Deadline deadline, const FailureLatch* failure) {
    if (files::exists(file)) throw UsageError(fmt::format("there is a '{}' already", file.string()));
    if (!isDifferenceToTemplate(kept))
        throw UsageError(fmt::format("the machine in '{}' depends on more than its template: export it without --difference",
                                     kept.folder.string()));
    compressKept(kept.folder, log, deadline, failure);
    const auto used = kept.use(deadline);
    exportTo(file,
             {{kept.folder, {KeptMachine::fileName, KeptMachine::packedStateName, "disk.qcow2", "empty.qcow2", "console.log"}}},
             log, deadline, failure);
}

LeasedKeptMachine importKept(const GuestHooks& hooks, const fs::path& file, const fs::path& templateFolder, Log& log,
                             Deadline deadline, const FailureLatch* failure) {
    const auto facts = FileFacts::of(file);
    const auto name = sha256(fmt::format("{} {} {} {}", files::absolute(file).string(), facts.size, facts.modified,
                                         templateFolder.empty() ? "" : files::absolute(templateFolder).string()))
                          .substr(0, 16);
    const auto folder = KeptStore::importFolder() / name;
    std::optional<StagingFolder> staging(std::in_place, ".import");
    const auto alone = Lease::wait(store::importLock(name), Lease::Kind::exclusive,
                                   fmt::format("another boxtest that unpacks '{}'", file.string()), log, failure, deadline);
    std::vector<Lease> leases;
    if (!files::exists(folder / KeptMachine::fileName)) {
        {
            // Leftovers of a killed `keep remove`, if any; a removal may also be in progress.
            const auto left = Lease::wait(store::keptLock(folder), Lease::Kind::exclusive,
                                          "another boxtest that removes the kept machine", log, failure, deadline);
            files::removeAll(folder);
        }
        log.line(fmt::format("unpacking '{}'", file.string()));
        extractArchive(file, staging->path(), deadline, failure);
        leases = complete(hooks, staging->path(), file, templateFolder, log, deadline, failure);
        files::rename(staging->path(), folder);
    }
    // The folder belongs to the machine now, and this process's own lock would exclude other leases on it.
    staging.reset();
    auto kept = KeptMachine::load(folder);
    for (auto& lease : kept.useAll(log, failure, deadline)) leases.push_back(std::move(lease));
    return {.machine = std::move(kept), .leases = std::move(leases)};
}

}  // namespace boxtest
