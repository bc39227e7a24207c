#include "template/KeptMachine.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/CompressedFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/JsonPath.hpp"
#include "base/MappedFile.hpp"
#include "store/Store.hpp"
#include "template/MovedCache.hpp"
#include "template/StateDifference.hpp"
#include "template/TemplateRecord.hpp"
#include "vm/Accelerator.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Incremented when the format of a kept machine's files changes.
constexpr int format = 2;

constexpr auto guestInside = "guest";

/// Writes the part of the state that its RAM file does not contain into `to`. Returns false when the state has an unknown format.
bool writeDifference(const fs::path& state, const fs::path& ram, const fs::path& to) {
    const MappedFile whole(state), there(ram);
    const auto difference = StateDifference::of(whole.bytes(), there.bytes(), ramBackend);
    if (!difference) return false;
    writeFileAtomically(to, "", 0600);
    std::ofstream stream(to, std::ios::binary);
    for (const auto& one : difference->parts()) stream.write(one.data(), static_cast<std::streamsize>(one.size()));
    if (!stream.flush()) throw SystemError(fmt::format("cannot write '{}'", to.string()), errno);
    return true;
}

}  // namespace

KeptMachine KeptMachine::load(const fs::path& folder) {
    const auto file = folder / fileName;
    if (!files::exists(file))
        throw UsageError(fmt::format("'{}' holds no kept machine: it has no {}", folder.string(), fileName));
    const auto text = readWholeFile(file);
    try {
        const auto value = json::parse(text);
        if (value.at("format") != format)
            throw UsageError(
                fmt::format("'{}' is of another version of boxtest: resume it with that one, or remove it with `boxtest keep "
                            "remove {}`",
                            file.string(), folder.string()));
        KeptMachine kept;
        kept.folder = files::absolute(folder).lexically_normal();
        if (!kept.folder.has_filename()) kept.folder = kept.folder.parent_path();
        kept.scenario = value.at("scenario").get<std::string>();
        kept.reason = value.at("reason").get<std::string>();
        kept.when = std::chrono::system_clock::time_point(std::chrono::seconds(value.at("kept").get<std::int64_t>()));
        // An exported machine contains its guest, in any place.
        kept.guestFolder = value.contains("guest_folder") ? placeInCache(pathFromJson(value["guest_folder"]), cacheFolder())
                                                          : kept.folder / guestInside;
        kept.templateKey = value.at("template").get<std::string>();
        kept.qemuVersion = value.at("qemu").get<std::string>();
        kept.accelerator = value.at("accelerator").get<std::string>();
        kept.cpuModel = value.at("cpu_model").get<std::string>();
        for (const auto& one : value.at("support")) {
            const DiskImage image{.file = placeInCache(pathFromJson(one.at("file")), cacheFolder()),
                                  .format = one.at("format").get<std::string>()};
            kept.support.push_back({image, FileFacts::fromJson(one)});
        }
        if (value.contains("ram")) {
            const auto& ram = value["ram"];
            kept.ram = placeInCache(kept.folder / pathFromJson(ram.at("file")), cacheFolder());
            if (ram.contains("size")) kept.ramFacts = FileFacts::fromJson(ram);
        }
        if (value.contains("template_state")) kept.templateState = FileFacts::fromJson(value["template_state"]);
        return kept;
    } catch (const json::exception& error) {
        throw UsageError(fmt::format("'{}' does not describe a kept machine: {}", file.string(), error.what()));
    }
}

void KeptMachine::save() const {
    json all = json::array();
    for (const auto& one : support) {
        auto value = one.facts.toJson();
        value["file"] = pathToJson(one.image.file);
        value["format"] = one.image.format;
        all.push_back(value);
    }
    json value{{"format", format},
               {"scenario", scenario},
               {"reason", reason},
               {"kept", std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count()},
               {"template", templateKey},
               {"qemu", qemuVersion},
               {"accelerator", accelerator},
               {"cpu_model", cpuModel},
               {"support", all}};
    if (!ram.empty()) {
        value["ram"] = ramFacts ? ramFacts->toJson() : json::object();
        value["ram"]["file"] = pathToJson(ramFacts ? ram : fs::path(ramName));
    }
    if (templateState) value["template_state"] = templateState->toJson();
    if (guestFolder != folder / guestInside) value["guest_folder"] = pathToJson(guestFolder);
    const auto text = value.dump(2, ' ', false, json::error_handler_t::replace);
    writeFileAtomically(folder / fileName, text + "\n", 0600);
}

fs::path KeptMachine::state() const {
    const auto packed = folder / packedStateName;
    return files::exists(packed) ? packed : folder / stateName;
}

Lease KeptMachine::use(Deadline deadline) const {
    NullLog quiet;
    auto lease = Lease::wait(store::keptLock(folder), Lease::Kind::shared, "another boxtest that removes the kept machine", quiet,
                             nullptr, deadline);
    if (!lease || !files::exists(folder / fileName))
        throw UsageError(fmt::format("the kept machine '{}' was removed meanwhile", folder.string()));
    return lease;
}

std::vector<Lease> KeptMachine::useAll(Log& log, const FailureLatch* failure, Deadline deadline) const {
    std::vector<fs::path> inside{guestFolder / "guest.json"};
    for (const auto& one : support) inside.push_back(one.image.file);
    if (ramFacts) inside.push_back(ram);
    const auto itself = store::thingOf(folder / fileName);
    // An exported machine contains its own guest. Missing things are left out here: the code that checks the files reports them
    // with their meaning.
    std::erase_if(inside, [&](const auto& path) {
        const auto thing = store::thingOf(path);
        return thing == itself || (thing.kind != store::Thing::Kind::none && !files::exists(thing.folder));
    });
    std::vector<Lease> leases;
    leases.push_back(use(deadline));
    for (auto& lease : store::useAll(inside, log, failure, deadline)) leases.push_back(std::move(lease));
    return leases;
}

std::unique_ptr<ForkBase> KeptMachine::base(const GuestHooks& hooks, Deadline deadline) const {
    const auto cannot = fmt::format("cannot resume the machine in '{}': ", folder.string());
    NullLog quiet;
    auto leases = useAll(quiet, nullptr, deadline);
    const auto chosen = state();
    if (!files::exists(chosen)) throw UsageError(cannot + "its state is gone");
    for (const auto& one : support)
        if (auto difference = one.facts.difference(one.image.file))
            throw UsageError(cannot + "the file that its disk is based on is gone: " + *difference);
    if (ramFacts)
        if (auto difference = ramFacts->difference(ram))
            throw UsageError(cannot + "the file that its RAM is based on is gone: " + *difference);
    if (ramFacts && templateState)
        if (auto difference = templateState->difference(ram.parent_path() / TemplateRecord::stateName))
            throw UsageError(cannot + "its template was replaced: " + *difference);
    if (!files::exists(guestFolder / "guest.json"))
        throw UsageError(cannot + fmt::format("its guest '{}' is gone", guestFolder.string()));
    auto guest = hooks.load(guestFolder);
    auto qemu = QemuProgram::find(guest.architecture, deadline);
    if (qemu.version != qemuVersion)
        throw UsageError(cannot + fmt::format("it was kept by QEMU {}, and this is QEMU {}", qemuVersion, qemu.version));

    if (accelerator == "kvm")
        if (const auto why = whyNoKvm(guest))
            throw UsageError(cannot + fmt::format("it ran under KVM and can continue under KVM only; {}", *why));

    auto made = std::make_unique<ForkBase>();
    made->spec = {.guest = std::move(guest),
                  .qemu = std::move(qemu),
                  .accelerator = Accelerator::named(accelerator, "the kept machine's"),
                  .cpuModel = cpuModel};
    made->templateKey = templateKey;
    Disk own{.copyOf = folder / "empty.qcow2", .backing = {{disk(), "qcow2"}}};
    for (const auto& one : support) own.backing.push_back(one.image);
    made->launch = {.ramUse = ram.empty() ? RamUse::anonymous : RamUse::forked, .ram = ram, .disks = {own}, .incoming = true};
    made->state = chosen;
    made->kept = folder;
    made->leases = std::move(leases);
    return made;
}

namespace {

/// True if states of this QEMU version are supported. Otherwise logs, once in this cache, that kept machines keep their whole
/// state.
bool isUnderstood(const KeptMachine& kept, Log& log) {
    if (StateDifference::isTriedWith(kept.qemuVersion)) return true;
    if (store::isFirstTime("whole-state-of-qemu-" + kept.qemuVersion))
        log.line(
            fmt::format("kept machines hold their whole state here, which takes some hundred MB each: what is in a state of QEMU "
                        "{} was not tried with this boxtest",
                        kept.qemuVersion));
    return false;
}

/// Writes the packed state beside the plain one.
void pack(const KeptMachine& kept, Log& log, Deadline deadline, const FailureLatch* failure) {
    const auto& folder = kept.folder;
    const auto plain = folder / KeptMachine::stateName;
    const auto difference = folder / "state.difference";
    const auto part = folder / "state.zst.part";
    std::error_code ignored;
    try {
        const auto& from =
            !kept.ram.empty() && isUnderstood(kept, log) && writeDifference(plain, kept.ram, difference) ? difference : plain;
        compressFile(from, part, [&, begun = std::chrono::steady_clock::now()] {
            log.waiting("packing the kept machine", std::chrono::steady_clock::now() - begun);
            if (failure) failure->check();
            if (deadline.expired()) throw TimeoutError(fmt::format("timed out packing '{}'", folder.string()));
        });
    } catch (...) {
        fs::remove(difference, ignored);
        fs::remove(part, ignored);
        throw;
    }
    fs::remove(difference, ignored);
    files::setPermissions(part, fs::perms::owner_read | fs::perms::owner_write);
    // The complete file is renamed to its final name.
    files::rename(part, folder / KeptMachine::packedStateName);
}

}  // namespace

void compressKept(const fs::path& folder, Log& log, Deadline deadline, const FailureLatch* failure) {
    {
        const auto kept = KeptMachine::load(folder);
        const auto used = kept.use(deadline);
        // Returns before writing anything: the folder may be read-only, for example in a Nix store.
        if (!files::exists(kept.folder / KeptMachine::stateName) && files::exists(kept.folder / KeptMachine::packedStateName))
            return;
        const auto packing = Lease::wait({.path = kept.folder / "packing"}, Lease::Kind::exclusive,
                                         "another boxtest that packs the kept machine", log, failure, deadline);
        if (!files::exists(kept.folder / KeptMachine::packedStateName)) pack(kept, log, deadline, failure);
    }
    dropPlainState(folder);
}

void dropPlainState(const fs::path& folder) {
    // A process that has chosen the plain state holds a lease while it reads the state; a later call then removes the state.
    const auto alone = Lease::tryTake(store::keptLock(folder), Lease::Kind::exclusive);
    if (!alone || !*alone || !files::exists(folder / KeptMachine::packedStateName)) return;
    std::error_code failed;
    fs::remove(folder / KeptMachine::stateName, failed);
    if (failed) throw SystemError(fmt::format("cannot remove '{}'", (folder / KeptMachine::stateName).string()), failed.value());
}

}  // namespace boxtest
