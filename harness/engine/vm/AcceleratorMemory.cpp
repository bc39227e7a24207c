#include "vm/AcceleratorMemory.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/Error.hpp"
#include "base/Files.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// FNV-1a: only a short file name; the file holds the whole question.
std::string shortName(const std::string& text) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    std::ostringstream name;
    name << std::hex << hash << ".json";
    return name.str();
}

std::string hostBoot() {
    std::ifstream stream("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(stream, id);
    return id;
}

}  // namespace

AcceleratorMemory::AcceleratorMemory(std::filesystem::path folder, const Guest& guest, const QemuProgram& qemu)
    : folder_(std::move(folder)) {
    const auto& kernel = guest.boot.kernel;
    // 2: before, silence was remembered like a refusal.
    question_ = json{{"format", 2},
                     {"host_boot", hostBoot()},
                     {"kernel", kernel.string()},
                     {"kernel_size", files::size(kernel)},
                     {"kernel_time", files::writeTime(kernel).time_since_epoch().count()},
                     {"command_line", guest.boot.commandLine},
                     {"cpus", guest.cpus},
                     {"memory_mib", guest.memoryMiB},
                     {"emulator", qemu.emulator.string()},
                     {"version", qemu.version}}
                    .dump(-1, ' ', false, json::error_handler_t::replace);
    file_ = folder_ / shortName(question_);
}

std::optional<Accelerator> AcceleratorMemory::recall() const {
    std::ifstream stream(file_);
    const auto found = json::parse(stream, nullptr, false);
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
    std::ifstream stream(file);
    std::ostringstream shown;
    shown << stream.rdbuf();
    if (shown.str() == text) return false;
    try {
        write(file, text);
    } catch (const std::exception&) {
        // It is shown once more the next time.
    }
    return true;
}

void AcceleratorMemory::write(const std::filesystem::path& file, const std::string& text) const {
    files::makeFolders(folder_);
    // Written aside and renamed: another process sees the whole answer or none.
    auto aside = file;
    aside += "." + std::to_string(::getpid());
    std::ofstream stream(aside);
    if (!(stream << text << std::flush)) throw SystemError("cannot write '" + aside.string() + "'", errno);
    files::rename(aside, file);
}

}  // namespace boxtest
