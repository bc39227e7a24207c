#include "template/Template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Sha256.hpp"
#include "store/HolderNote.hpp"
#include "store/Store.hpp"
#include "template/TemplateBuilder.hpp"
#include "template/TemplateStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr auto versionBudget = std::chrono::seconds(30);

/// The record of an undamaged template. `wrong` is set when the template exists and is damaged.
std::optional<TemplateRecord> wholeTemplate(const fs::path& folder, const Guest& guest, std::optional<std::string>& wrong) {
    if (!files::exists(folder)) return std::nullopt;
    try {
        auto record = TemplateRecord::load(folder);
        wrong = record.damage(folder, guest);
        if (!wrong) return record;
    } catch (const Error& error) {
        wrong = error.what();
    }
    return std::nullopt;
}

/// The spec under which the template was frozen, regardless of the request.
MachineSpec asFrozen(MachineSpec spec, const TemplateRecord& record) {
    spec.accelerator = Accelerator::named(record.accelerator, "the template's");
    spec.cpuModel = record.cpuModel;
    return spec;
}

}  // namespace

Template::Template(fs::path folder, TemplateRecord record, MachineSpec spec, std::vector<Lease> leases)
    : folder_(std::move(folder)), record_(std::move(record)), spec_(std::move(spec)), leases_(std::move(leases)) {}

Disk Template::disk() const {
    const auto& guests = spec_.guest.boot;
    return {.copyOf = folder_ / TemplateRecord::emptyOverlayName,
            .backing = {{folder_ / TemplateRecord::diskName, "qcow2"}, {guests.disk, guests.diskFormat}}};
}

struct Template::Wanted {
    const GuestHooks& hooks;
    Lease lease;  ///< On the guest. First member: nothing of the guest is read before.
    MachineSpec spec;
    fs::path folderOfTemplates;
    std::string after;

    Wanted(const GuestHooks& box, const TemplateOptions& options, Log& log, FailureLatch& failure, Deadline deadline);
    nlohmann::json inputs(TemplateStage stage) const {
        return TemplateRecord::inputsOf(spec, stage == TemplateStage::warm ? hooks.warmUpVersion() : TemplateRecord::notWarm,
                                        after);
    }
    std::string key(TemplateStage stage) const { return sha256(inputs(stage).dump()); }
    fs::path folder(TemplateStage stage) const { return folderOfTemplates / key(stage); }
    TemplateRecord newRecord(TemplateStage stage) const;
};

Template::Wanted::Wanted(const GuestHooks& box, const TemplateOptions& options, Log& log, FailureLatch& failure,
                         Deadline deadline)
    : hooks(box),
      lease(store::use(options.boot.guestFolder, log, &failure, deadline)),
      spec(options.boot.spec(hooks, log, failure, deadline)),
      folderOfTemplates(options.store.empty() ? store::templates() : options.store),
      after(options.after) {
    const auto steps = hooks.steps();
    if (!after.empty() && std::ranges::find(steps, after) == steps.end())
        throw UsageError(fmt::format("a template cannot be frozen after '{}', only after {}", after, fmt::join(steps, ", ")));
    if (!options.cpuModel.empty()) spec.cpuModel = options.cpuModel;
    spec.cpuModel = spec.cpu();
}

TemplateRecord Template::Wanted::newRecord(TemplateStage stage) const {
    TemplateRecord record;
    record.inputs = inputs(stage);
    record.key = sha256(record.inputs.dump());
    record.qemuVersion = spec.qemu.version;
    record.accelerator = spec.accelerator.name();
    record.cpuModel = spec.cpuModel;
    return record;
}

std::shared_ptr<const Template> Template::whole(const Wanted& wanted, TemplateStage stage, Lease lock,
                                                std::optional<std::string>& wrong) {
    const auto folder = wanted.folder(stage);
    auto record = wholeTemplate(folder, wanted.spec.guest, wrong);
    if (!record) return nullptr;
    std::vector<Lease> leases;
    // A second lease on the guest, for as long as the template is used.
    NullLog quiet;
    leases.push_back(store::use(wanted.spec.guest.folder, quiet, nullptr, Deadline::in(versionBudget)));
    leases.push_back(std::move(lock));
    auto spec = asFrozen(wanted.spec, *record);
    return std::shared_ptr<const Template>(new Template(folder, std::move(*record), std::move(spec), std::move(leases)));
}

std::shared_ptr<const Template> Template::tryFind(const Wanted& wanted, const TemplateStore& templates, TemplateStage stage) {
    std::optional<std::string> wrong;
    auto lock = templates.tryLockShared(wanted.key(stage));
    return lock ? whole(wanted, stage, std::move(*lock), wrong) : nullptr;
}

std::shared_ptr<const Template> Template::findOrBuild(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                                      FailureLatch& failure, Deadline deadline) {
    const Wanted wanted(hooks, options, log, failure, deadline);
    const TemplateStore templates(wanted.folderOfTemplates);
    if (options.stage == TemplateStage::ready && options.after.empty())
        if (auto found = tryFind(wanted, templates, TemplateStage::warm)) return found;
    const auto key = wanted.key(options.stage);
    for (;;) {
        std::optional<std::string> wrong;
        if (auto found = whole(wanted, options.stage, templates.lockShared(key, log, failure, deadline), wrong)) return found;
        // Another process builds it now, or this one: check again.
        const auto made = [&] {
            wrong.reset();
            return wholeTemplate(templates.pathOf(key), wanted.spec.guest, wrong).has_value();
        };
        const auto lock = templates.lockToMake(key, made, log, failure, deadline);
        if (!lock || made()) continue;
        log.line(wrong ? fmt::format("the template {} is broken and is rebuilt: {}", key.substr(0, 12), *wrong)
                       : fmt::format("there is no template of this guest{} yet: making it (once)",
                                     options.after.empty() ? "" : ", frozen after " + options.after + ","));
        HolderNote noted(store::templateLock(wanted.folderOfTemplates, key).path, log);
        build(wanted, templates, options, noted, failure, deadline);
    }
}

void Template::build(const Wanted& wanted, const TemplateStore& templates, const TemplateOptions& options, Log& log,
                     FailureLatch& failure, Deadline deadline) {
    auto record = wanted.newRecord(options.stage);
    const auto building = templates.buildingOf(record.key);
    const auto folder = templates.pathOf(record.key);
    std::shared_ptr<const Template> from;
    if (!options.after.empty()) {
        auto before = options;
        before.after.clear();
        from = findOrBuild(wanted.hooks, before, log, failure, deadline);
    } else if (options.stage == TemplateStage::warm) {
        from = tryFind(wanted, templates, TemplateStage::ready);
    }
    TemplateBuilder(wanted.hooks, wanted.spec, std::move(record), std::move(from), options.booting, log, failure)
        .build(building, deadline);
    files::removeAll(folder);
    files::rename(building, folder);
}

std::shared_ptr<const Template> Template::find(const GuestHooks& hooks, const TemplateOptions& options, Log& log,
                                               FailureLatch& failure, Deadline deadline) {
    const Wanted wanted(hooks, options, log, failure, deadline);
    const auto folder = wanted.folder(TemplateStage::warm);
    if (!files::exists(folder)) return nullptr;
    std::optional<std::string> wrong;
    auto lock = TemplateStore(wanted.folderOfTemplates).lockShared(wanted.key(TemplateStage::warm), log, failure, deadline);
    auto found = whole(wanted, TemplateStage::warm, std::move(lock), wrong);
    if (wrong) throw UsageError(fmt::format("cannot use the template '{}': {}", folder.string(), *wrong));
    return found;
}

std::shared_ptr<const Template> Template::open(const GuestHooks& hooks, const fs::path& given, Deadline deadline) {
    auto folder = files::absolute(given).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    NullLog quiet;
    // The leases on the template and on its guest are taken before anything in them is read.
    std::vector<Lease> leases;
    leases.push_back(store::use(folder, quiet, nullptr, deadline));
    auto record = TemplateRecord::load(folder);
    leases.push_back(store::use(record.guestFolder, quiet, nullptr, deadline));
    const auto cannot = fmt::format("cannot use the template '{}': ", folder.string());
    if (!files::exists(record.guestFolder / "guest.json"))
        throw UsageError(cannot + fmt::format("its guest '{}' is gone", record.guestFolder.string()));
    auto spec = asFrozen({.guest = hooks.load(record.guestFolder), .qemu = {}}, record);
    if (const auto wrong = record.damage(folder, spec.guest)) throw UsageError(cannot + *wrong);
    spec.qemu = QemuProgram::find(spec.guest.architecture, deadline.within(versionBudget));
    if (spec.qemu.version != record.qemuVersion)
        throw UsageError(cannot +
                         fmt::format("it was frozen by QEMU {}, and this is QEMU {}", record.qemuVersion, spec.qemu.version));
    const auto warmUp = record.stage() == TemplateStage::warm ? hooks.warmUpVersion() : TemplateRecord::notWarm;
    if (sha256(TemplateRecord::inputsOf(spec, warmUp, record.after()).dump()) != record.key)
        throw UsageError(cannot + "it was frozen under another command line (by another version of boxtest?)");
    return std::shared_ptr<const Template>(
        new Template(std::move(folder), std::move(record), std::move(spec), std::move(leases)));
}

}  // namespace boxtest
