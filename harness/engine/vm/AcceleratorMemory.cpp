#include "vm/AcceleratorMemory.hpp"

#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "base/Sha256.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// Empty when it cannot be read.
std::string contentOf(const std::filesystem::path& file) {
    try {
        return readWholeFile(file);
    } catch (const SystemError&) {
        return {};
    }
}

}  // namespace

AcceleratorMemory::AcceleratorMemory(std::filesystem::path folder, const Guest& guest, const QemuProgram& qemu)
    : folder_(std::move(folder)) {
    const auto& kernel = guest.boot.kernel;
    // Format 2: earlier versions also stored silence of the kernel as a "no".
    question_ = json{{"format", 2},
                     {"host_boot", contentOf("/proc/sys/kernel/random/boot_id")},
                     {"kernel", kernel.string()},
                     {"kernel_size", files::size(kernel)},
                     {"kernel_time", files::writeTime(kernel).time_since_epoch().count()},
                     {"command_line", guest.boot.commandLine},
                     {"cpus", guest.cpus},
                     {"memory_mib", guest.memoryMiB},
                     {"emulator", qemu.emulator.string()},
                     {"version", qemu.version}}
                    .dump(-1, ' ', false, json::error_handler_t::replace);
    // The file name is a short hash; the file contains the whole question.
    file_ = folder_ / (sha256(question_).substr(0, 16) + ".json");
}

std::optional<Accelerator> AcceleratorMemory::recall() const {
    const auto found = json::parse(contentOf(file_), nullptr, false);
    if (!found.is_object() || !found.contains("question") || found["question"] != question_) return {};
    if (!found.contains("kvm") || !found["kvm"].is_boolean() || !found.contains("reason") || !found["reason"].is_string())
        return {};
    return Accelerator{.kvm = found["kvm"], .reason = found["reason"]};
}

void AcceleratorMemory::remember(const Accelerator& answer) const {
    write(file_, json{{"question", question_}, {"kvm", answer.kvm}, {"reason", answer.reason}}.dump(
                     2, ' ', false, json::error_handler_t::replace));
}

bool AcceleratorMemory::isNews(const Accelerator& answer) const {
    auto file = file_;
    file.replace_extension(".shown");
    const auto text = answer.name() + " " + answer.reason + " " + question_;
    if (contentOf(file) == text) return false;
    try {
        write(file, text);
    } catch (const std::exception&) {
        // The answer is shown again the next time.
    }
    return true;
}

void AcceleratorMemory::write(const std::filesystem::path& file, const std::string& text) const {
    // As after `sudo` with the user's HOME: root's folder there would lock the user out.
    if (belongsToAnotherUser(folder_)) throw UsageError("'" + folder_.string() + "' would be in a folder of another user");
    files::makeFolders(folder_);
    writeFileAtomically(file, text, 0600);
}

}  // namespace boxtest
