#include "template/Template.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "store/Store.hpp"
#include "template/Sha256.hpp"
#include "template/TemplateBuilder.hpp"
#include "template/TemplateStore.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr auto versionBudget = std::chrono::seconds(30);

/// The record when all is whole. `wrong` is set when there is something that is not.
std::optional<TemplateRecord> wholeTemplate(const fs::path& folder, const Manifest& manifest, std::optional<std::string>& wrong) {
    if (!files::exists(folder)) return std::nullopt;
    try {
        auto record = TemplateRecord::load(folder);
        wrong = record.damage(folder, manifest);
        if (!wrong) return record;
    } catch (const Error& error) {
        wrong = error.what();
    }
    return std::nullopt;
}

}  // namespace

Template::Template(fs::path folder, TemplateRecord record, Manifest manifest, QemuProgram qemu, std::vector<Lease> leases)
    : folder_(std::move(folder)),
      record_(std::move(record)),
      manifest_(std::move(manifest)),
      qemu_(std::move(qemu)),
      leases_(std::move(leases)) {}

Accelerator Template::accelerator() const { return {.kvm = record_.accelerator == "kvm", .reason = "the template's"}; }

std::string TemplateOptions::cpuModelFor(const Manifest& manifest, const Accelerator& accelerator) const {
    return cpuModel.empty() ? defaultCpuModel(manifest.architecture, accelerator.kvm) : cpuModel;
}

std::shared_ptr<const Template> Template::findOrBuild(const TemplateOptions& options, Log& log, FailureLatch& failure,
                                                      Deadline deadline) {
    std::vector<Lease> leases;
    leases.push_back(store::use(options.boot.guestFolder, log, &failure, deadline));
    auto manifest = Manifest::load(options.boot.guestFolder);
    auto qemu = QemuProgram::find(manifest.architecture, deadline.within(versionBudget));
    AcceleratorOptions probing;
    probing.interrupted = &failure;
    const auto accelerator = options.boot.chosen
                                 ? *options.boot.chosen
                                 : chooseAccelerator(options.boot.accelerator, manifest, qemu, log, deadline, probing);
    const auto cpuModel = options.cpuModelFor(manifest, accelerator);
    const auto inputs = TemplateRecord::inputsOf(manifest, qemu, accelerator, cpuModel);
    const auto key = sha256(inputs.dump());
    const TemplateStore templates(options.store.empty() ? store::templates() : options.store);
    const auto folder = templates.pathOf(key);

    for (;;) {
        std::optional<std::string> wrong;
        auto lock = templates.lockShared(key, log, failure, deadline);
        if (auto record = wholeTemplate(folder, manifest, wrong)) {
            leases.push_back(std::move(lock));
            return std::shared_ptr<const Template>(
                new Template(folder, std::move(*record), std::move(manifest), std::move(qemu), std::move(leases)));
        }
        lock.release();
        // Whoever else wants it builds it now, or we do: look again.
        lock = templates.lockExclusive(key, log, failure, deadline);
        wrong.reset();
        if (wholeTemplate(folder, manifest, wrong)) continue;
        log.line(wrong ? fmt::format("the template {} is broken and will be made anew: {}", key.substr(0, 12), *wrong)
                       : fmt::format("there is no template of this guest yet: making it (once)"));
        auto boot = options.boot;
        boot.guestFolder = manifest.folder;
        boot.chosen = accelerator;
        TemplateRecord record;
        record.key = key;
        record.inputs = inputs;
        record.qemuVersion = qemu.version;
        record.accelerator = accelerator.name();
        record.cpuModel = cpuModel;
        const auto building = templates.buildingOf(key);
        TemplateBuilder(std::move(boot), std::move(record), options.booting, log, failure).build(building, deadline);
        files::removeAll(folder);
        files::rename(building, folder);
    }
}

std::shared_ptr<const Template> Template::open(const fs::path& given, Deadline deadline) {
    auto folder = files::absolute(given).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();
    NullLog quiet;
    // Its lease before anything of it is read, and its guest's.
    std::vector<Lease> leases;
    leases.push_back(store::use(folder, quiet, nullptr, deadline));
    auto record = TemplateRecord::load(folder);
    leases.push_back(store::use(record.guestFolder, quiet, nullptr, deadline));
    const auto cannot = fmt::format("cannot use the template '{}': ", folder.string());
    if (!files::exists(record.guestFolder / "guest.json"))
        throw UsageError(cannot + fmt::format("its guest '{}' is gone", record.guestFolder.string()));
    auto manifest = Manifest::load(record.guestFolder);
    if (const auto wrong = record.damage(folder, manifest)) throw UsageError(cannot + *wrong);
    auto qemu = QemuProgram::find(manifest.architecture, deadline.within(versionBudget));
    if (qemu.version != record.qemuVersion)
        throw UsageError(cannot + fmt::format("it was frozen by QEMU {}, and this is QEMU {}", record.qemuVersion, qemu.version));
    const auto inputs = TemplateRecord::inputsOf(manifest, qemu, {.kvm = record.accelerator == "kvm"}, record.cpuModel);
    if (sha256(inputs.dump()) != record.key)
        throw UsageError(cannot + "it was frozen under another command line (by another version of boxtest?)");
    return std::shared_ptr<const Template>(
        new Template(std::move(folder), std::move(record), std::move(manifest), std::move(qemu), std::move(leases)));
}

}  // namespace boxtest
