#include "template/KeptMachine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "base/MappedFile.hpp"
#include "base/RunProgram.hpp"
#include "machine/AtomicFile.hpp"
#include "template/MovedCache.hpp"
#include "template/StateDifference.hpp"
#include "vm/QemuCommand.hpp"

namespace boxtest {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Raised when the files of a kept machine change their meaning.
constexpr int format = 2;

constexpr auto guestInside = "guest";

/// Writes into `to` what of the state its RAM file does not have. False when the state is not understood.
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
    if (!fs::exists(file)) throw UsageError(fmt::format("'{}' holds no kept machine: it has no {}", folder.string(), fileName));
    const auto text = readWholeFile(file);
    try {
        const auto value = json::parse(text);
        if (value.at("format") != format) throw UsageError(fmt::format("'{}' is of another version of boxtest", file.string()));
        KeptMachine kept;
        kept.folder = fs::absolute(folder).lexically_normal();
        if (!kept.folder.has_filename()) kept.folder = kept.folder.parent_path();
        kept.scenario = value.at("scenario").get<std::string>();
        kept.reason = value.at("reason").get<std::string>();
        kept.when = std::chrono::system_clock::time_point(std::chrono::seconds(value.at("kept").get<std::int64_t>()));
        // An exported one has its guest with it, wherever it lies.
        kept.guestFolder = value.contains("guest_folder") ? placeInCache(value["guest_folder"].get<std::string>(), cacheFolder())
                                                          : kept.folder / guestInside;
        kept.templateKey = value.at("template").get<std::string>();
        kept.qemuVersion = value.at("qemu").get<std::string>();
        kept.accelerator = value.at("accelerator").get<std::string>();
        kept.cpuModel = value.at("cpu_model").get<std::string>();
        for (const auto& one : value.at("support")) {
            const DiskImage image{.file = placeInCache(one.at("file").get<std::string>(), cacheFolder()),
                                  .format = one.at("format").get<std::string>()};
            kept.support.push_back({image, FileFacts::fromJson(one)});
        }
        if (value.contains("ram")) {
            const auto& ram = value["ram"];
            kept.ram = placeInCache(kept.folder / ram.at("file").get<std::string>(), cacheFolder());
            if (ram.contains("size")) kept.ramFacts = FileFacts::fromJson(ram);
        }
        return kept;
    } catch (const json::exception& error) {
        throw UsageError(fmt::format("'{}' does not describe a kept machine: {}", file.string(), error.what()));
    }
}

void KeptMachine::save() const {
    json all = json::array();
    for (const auto& one : support) {
        auto value = one.facts.toJson();
        value["file"] = one.image.file.string();
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
        value["ram"]["file"] = ramFacts ? ram.string() : ramName;
    }
    if (guestFolder != folder / guestInside) value["guest_folder"] = guestFolder.string();
    const auto text = value.dump(2, ' ', false, json::error_handler_t::replace);
    writeFileAtomically(folder / fileName, text + "\n", 0600);
}

fs::path KeptMachine::state() const {
    const auto plain = folder / "state";
    return fs::exists(plain) ? plain : folder / "state.zst";
}

std::unique_ptr<ForkBase> KeptMachine::base(Deadline deadline) const {
    const auto cannot = fmt::format("cannot resume the machine in '{}': ", folder.string());
    FileDescriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock) throw SystemError(fmt::format("cannot open '{}'", folder.string()), errno);
    if (::flock(lock.get(), LOCK_SH | LOCK_NB) != 0) throw UsageError(cannot + "it is just being removed");
    if (!fs::exists(state())) throw UsageError(cannot + "its state is gone");
    for (const auto& one : support)
        if (auto difference = one.facts.difference(one.image.file))
            throw UsageError(cannot + "what its disk lies on is gone: " + *difference);
    if (ramFacts)
        if (auto difference = ramFacts->difference(ram))
            throw UsageError(cannot + "what its RAM lies on is gone: " + *difference);
    if (!fs::exists(guestFolder / "guest.json"))
        throw UsageError(cannot + fmt::format("its guest '{}' is gone", guestFolder.string()));
    auto manifest = Manifest::load(guestFolder);
    auto qemu = QemuProgram::find(manifest.architecture, deadline);
    if (qemu.version != qemuVersion)
        throw UsageError(cannot + fmt::format("it was kept by QEMU {}, and this is QEMU {}", qemuVersion, qemu.version));

    auto made = std::make_unique<ForkBase>();
    made->manifest = std::move(manifest);
    made->qemu = std::move(qemu);
    made->accelerator = {.kvm = accelerator == "kvm", .reason = "the kept machine's"};
    made->cpuModel = cpuModel;
    made->templateKey = templateKey;
    made->emptyOverlay = folder / "empty.qcow2";
    made->backing.push_back({disk(), "qcow2"});
    for (const auto& one : support) made->backing.push_back(one.image);
    made->ram = ram;
    made->state = state();
    made->kept = folder;
    made->lock = std::move(lock);
    return made;
}

void compressKept(const fs::path& folder, Deadline deadline, const FailureLatch* failure) {
    const auto plain = folder / "state";
    if (!fs::exists(plain)) return;
    if (!findProgram("zstd"))
        throw UsageError("the program 'zstd' is missing on this host; `boxtest doctor` tells what to install");
    const auto difference = folder / "state.difference";
    const auto part = folder / "state.zst.part";
    const auto kept = KeptMachine::load(folder);
    std::error_code ignored;
    try {
        const auto& from = !kept.ram.empty() && writeDifference(plain, kept.ram, difference) ? difference : plain;
        const auto done = runProgram({"zstd", "-1", "-q", "-f", "-T2", "-o", part.string(), "--", from.string()}, deadline,
                                     {.failure = failure});
        if (!done.succeeded())
            throw Error(ErrorKind::system, fmt::format("cannot compress '{}': zstd {}", from.string(), done.describe()));
    } catch (...) {
        fs::remove(difference, ignored);
        fs::remove(part, ignored);
        throw;
    }
    fs::remove(difference, ignored);
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write);
    // Whole, then in place, and only then is the other one not needed.
    fs::rename(part, folder / "state.zst");
    fs::remove(plain);
}

}  // namespace boxtest
