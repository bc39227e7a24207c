#include "vm/QemuProgram.hpp"

#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/RunProgram.hpp"

namespace boxtest {

namespace {

constexpr int leastMajor = 8;

const char* const howToInstall =
    "; on Debian 12: apt-get install -t bookworm-backports qemu-system-x86 qemu-utils, on Debian 13 the same without -t";

std::optional<std::filesystem::path> programFrom(const char* variable) {
    const char* value = std::getenv(variable);
    if (!value || !*value) return {};
    const auto found = findProgram(value);
    if (!found || !files::exists(*found)) throw UsageError(std::string(variable) + " names '" + value + "', which is not there");
    return files::absolute(*found);
}

/// "10.0.2 (Debian ...)" of "QEMU emulator version 10.0.2 (Debian ...)"; empty when the text contains no version.
std::string versionIn(const std::string& text) {
    constexpr std::string_view before = "version ";
    const auto at = text.find(before);
    if (at == std::string::npos) return {};
    const auto version = text.substr(at + before.size(), text.find('\n', at) - at - before.size());
    const auto digits = version.find_first_not_of("0123456789");
    const bool plausible = digits != std::string::npos && digits >= 1 && digits <= 4 && version[digits] == '.';
    return plausible ? version : "";
}

std::filesystem::path imageToolFor(const std::filesystem::path& emulator) {
    if (auto named = programFrom("BOXTEST_QEMU_IMG")) return *named;
    auto beside = emulator.parent_path() / "qemu-img";
    if (files::exists(beside)) return beside;
    if (auto found = findProgram("qemu-img")) return *found;
    throw UsageError(std::string("there is no qemu-img in PATH") + howToInstall);
}

}  // namespace

QemuProgram QemuProgram::find(const std::string& architecture, Deadline deadline) {
    const std::string name = "qemu-system-" + architecture;
    auto emulator = programFrom("BOXTEST_QEMU");
    if (!emulator) emulator = findProgram(name);
    if (!emulator) throw UsageError("there is no " + name + " in PATH" + howToInstall);

    QemuProgram program;
    program.emulator = *emulator;
    const auto answer = runProgram({program.emulator.string(), "--version"}, deadline);
    program.version = versionIn(answer.out);
    if (!answer.succeeded() || program.version.empty()) {
        throw UsageError("'" + program.emulator.string() + " --version' prints no version: it " + answer.describe());
    }
    program.major = std::stoi(program.version);
    if (program.major < leastMajor) {
        throw UsageError("'" + program.emulator.string() + "' is QEMU " + program.version + ", and " +
                         std::to_string(leastMajor) + " or newer is needed: 7.2 crashes newer Linux kernels at random under TCG" +
                         howToInstall);
    }
    program.imageTool = imageToolFor(program.emulator);
    return program;
}

}  // namespace boxtest
