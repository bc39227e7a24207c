#include "template/TemplateRecord.hpp"

#include <fmt/format.h>

#include <fstream>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/JsonPath.hpp"
#include "base/Sha256.hpp"
#include "template/MovedCache.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// Incremented when the format of a template's files changes.
constexpr int recordFormat = 1;

/// The command line of a fork, with placeholders for what differs from run to run.
std::vector<std::string> normalisedCommand(MachineSpec spec) {
    spec.guest.boot.kernel = "KERNEL";
    spec.guest.boot.initrd = "INITRD";
    spec.qemu.emulator = spec.qemu.emulator.filename();
    return qemuCommand(spec, {.folder = "FOLDER", .ramUse = RamUse::forked, .ram = "RAM", .disks = {{.overlay = "OVERLAY"}}});
}

/// Identifies the host's CPU: under KVM the meaning of "-cpu max" depends on it.
std::string hostCpu() {
    std::ifstream stream("/proc/cpuinfo");
    std::string text;
    for (std::string line; std::getline(stream, line) && !line.empty();)
        for (const auto* key : {"vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU part"})
            if (line.starts_with(key)) text += line + "\n";
    return sha256(text);
}

}  // namespace

json TemplateRecord::inputsOf(const MachineSpec& spec, int warmUpVersion, const std::string& after) {
    json inputs{{"format", recordFormat},    {"warm_up", warmUpVersion},
                {"guest", spec.guest.id},    {"memory_mib", spec.guest.memoryMiB},
                {"qemu", spec.qemu.version}, {"accelerator", spec.accelerator.name()},
                {"cpu_model", spec.cpu()},   {"command", normalisedCommand(spec)}};
    if (!after.empty()) inputs["after"] = after;
    const auto cpu = spec.cpu();
    const auto model = cpu.substr(0, cpu.find(','));
    if (spec.accelerator.kvm && (model == "max" || model == "host")) inputs["host_cpu"] = hostCpu();
    return inputs;
}

TemplateStage TemplateRecord::stage() const {
    return inputs.value("warm_up", notWarm) == notWarm ? TemplateStage::ready : TemplateStage::warm;
}

std::string TemplateRecord::after() const { return inputs.value("after", ""); }

TemplateRecord TemplateRecord::load(const std::filesystem::path& folder) {
    const auto file = folder / fileName;
    if (!files::exists(file)) throw UsageError(fmt::format("'{}' is no template: it has no {}", folder.string(), fileName));
    const auto text = readWholeFile(file);
    try {
        const auto value = json::parse(text);
        if (value.at("format") != recordFormat)
            throw UsageError(fmt::format(
                "'{}' is of another version of boxtest: `boxtest template` makes one of this version, `boxtest cache prune "
                "--all` removes the old one",
                file.string()));
        if (value.at("state") != "frozen")
            throw UsageError(fmt::format("'{}' is {}, not frozen", folder.string(), value.at("state").dump()));
        TemplateRecord record;
        record.key = value.at("key").get<std::string>();
        record.inputs = value.at("inputs");
        // <cache>/templates/<key>
        const auto cache = files::absolute(folder).lexically_normal().parent_path().parent_path();
        record.guestFolder = placeInCache(pathFromJson(value.at("guest_folder")), cache);
        record.guestDisk = FileFacts::fromJson(value.at("guest_disk"));
        record.qemuVersion = value.at("qemu").get<std::string>();
        record.accelerator = value.at("accelerator").get<std::string>();
        record.cpuModel = value.at("cpu_model").get<std::string>();
        for (const auto& [name, facts] : value.at("files").items()) record.files[name] = FileFacts::fromJson(facts);
        record.frozen = std::chrono::system_clock::time_point(std::chrono::seconds(value.at("frozen").get<std::int64_t>()));
        record.bootSeconds = value.at("boot_seconds").get<double>();
        record.warmSeconds = value.value("warm_seconds", 0.0);
        record.freezeSeconds = value.value("freeze_seconds", 0.0);
        return record;
    } catch (const json::exception& error) {
        throw UsageError(fmt::format("'{}' does not describe a template: {}", file.string(), error.what()));
    }
}

void TemplateRecord::save(const std::filesystem::path& folder) const {
    json all = json::object();
    for (const auto& [name, facts] : files) all[name] = facts.toJson();
    const json value{{"format", recordFormat},
                     {"state", "frozen"},
                     {"key", key},
                     {"inputs", inputs},
                     {"guest_folder", pathToJson(guestFolder)},
                     {"guest_disk", guestDisk.toJson()},
                     {"qemu", qemuVersion},
                     {"accelerator", accelerator},
                     {"cpu_model", cpuModel},
                     {"files", all},
                     {"frozen", std::chrono::duration_cast<std::chrono::seconds>(frozen.time_since_epoch()).count()},
                     {"boot_seconds", bootSeconds},
                     {"warm_seconds", warmSeconds},
                     {"freeze_seconds", freezeSeconds}};
    writeFileAtomically(folder / fileName, value.dump(2) + "\n", 0400);
}

std::optional<std::string> TemplateRecord::damage(const std::filesystem::path& folder, const Guest& guest) const {
    if (sha256(inputs.dump()) != key) return "its key is not that of what it was made from";
    for (const auto* name : {ramName, stateName, diskName, emptyOverlayName}) {
        const auto facts = files.find(name);
        if (facts == files.end()) return fmt::format("nothing is known of its {}", name);
        if (auto difference = facts->second.difference(folder / name)) return difference;
    }
    if (auto difference = guestDisk.difference(guest.boot.disk)) return "the guest's disk is another: " + *difference;
    return std::nullopt;
}

}  // namespace boxtest
