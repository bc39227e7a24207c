#include "cli/DoctorCommand.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "cli/BecomeSsh.hpp"
#include "cli/ProgressLog.hpp"
#include "cli/ScenariosProgram.hpp"
#include "report/TextStyle.hpp"
#include "schedule/HostResources.hpp"
#include "store/Store.hpp"
#include "template/LastMade.hpp"
#include "vm/Accelerator.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr int memoryWithoutGuestMiB = 2560;

std::int64_t freeMiB(const fs::path& folder) {
    auto existing = folder;
    while (!files::exists(existing) && existing.has_parent_path() && existing != existing.parent_path())
        existing = existing.parent_path();
    return static_cast<std::int64_t>(files::room(existing) >> 20);
}

/// What a boot takes, as far as it is known on this host.
std::string bootWithoutKvm() {
    const auto last = LastMade::in(store::templates(), "tcg").boot;
    return last ? fmt::format("it works; the last boot here took {:.0f} s", last->count())
                : "it works; how long a boot takes here is known after the first one (docs/performance.md: a minute on 2 cores)";
}

std::string hostArchitecture() {
#if defined(__aarch64__)
    return "aarch64";
#else
    return "x86_64";
#endif
}

}  // namespace

DoctorCommand::DoctorCommand(CLI::App& program)
    : Command(program, "doctor", "Check whether this host can run a machine, and say what to do if it cannot") {
    guest_.add(arguments());
    arguments().footer("Exit status 0, or 3 when a machine cannot be booted.");
}

int DoctorCommand::run() {
    Interruption interruption;
    FailureLatch interrupted;
    const auto handling = interruption.handleBy(interrupted);
    try {
        const auto manifest = checkGuest();
        const auto qemu = checkQemu(manifest ? manifest->architecture : hostArchitecture());
        if (manifest && qemu) {
            ProgressLog log(std::cerr, ProgressLog::columnsOf(2));
            checkAccelerator(*manifest, *qemu, log, interrupted);
        }
        checkRoom(manifest);
        check(judgeProgram("ssh", "boxtest ssh", "openssh-client"));
        if (const auto advice = adviceForNamelessUser(); !advice.empty())
            check({Finding::Level::doubtful, "user",
                   fmt::format("number {} has no entry in /etc/passwd: boxtest ssh needs one", ::getuid()), advice});
        check(judgeProgram("psql", "boxtest psql", "postgresql-client"));
        check(judgeProgram("chromedriver", "the scenarios in a browser", "chromium-driver"));
        checkScenarios();
    } catch (const InterruptedError&) {
        return code(ExitCode::interrupted);
    }
    if (interruption.signal()) return code(ExitCode::interrupted);
    std::cout << (bad_ ? "\nThis host cannot run a machine yet.\n" : "\nThis host can run a machine: boxtest run\n");
    return code(bad_ ? ExitCode::machineFailed : ExitCode::good);
}

void DoctorCommand::check(Finding finding) {
    const auto style = TextStyle::of(1);
    std::string mark;
    switch (finding.level) {
        case Finding::Level::good: mark = style.good("ok      "); break;
        case Finding::Level::doubtful: mark = style.doubtful("doubtful"); break;
        case Finding::Level::bad: mark = style.bad("bad     "); break;
    }
    std::cout << fmt::format("{} {:<12} {}\n", mark, finding.subject, finding.text);
    if (!finding.advice.empty()) std::cout << fmt::format("{:21} {}\n", "", "-> " + finding.advice);
    std::cout << std::flush;
    bad_ = bad_ || finding.level == Finding::Level::bad;
}

std::optional<Manifest> DoctorCommand::checkGuest() {
    try {
        const auto options = guest_.resolve();
        auto manifest = Manifest::load(options.guestFolder);
        check({Finding::Level::good, "guest", fmt::format("{} ({})", options.guestFolder.string(), manifest.flavour), ""});
        return manifest;
    } catch (const UsageError& error) {
        check({Finding::Level::bad, "guest", error.what(), ""});
        return std::nullopt;
    }
}

std::optional<QemuProgram> DoctorCommand::checkQemu(const std::string& architecture) {
    try {
        auto qemu = QemuProgram::find(architecture, Deadline::in(std::chrono::seconds(30)));
        check({Finding::Level::good, "QEMU", fmt::format("{} ({})", qemu.version, qemu.emulator.string()), ""});
        return qemu;
    } catch (const Error& error) {
        check({Finding::Level::bad, "QEMU", error.what(), ""});
        return std::nullopt;
    }
}

void DoctorCommand::checkAccelerator(const Manifest& manifest, const QemuProgram& qemu, Log& log,
                                     const FailureLatch& interrupted) {
    try {
        AcceleratorOptions probing;
        probing.interrupted = &interrupted;
        const auto choice = guest_.resolve().accelerator;
        const auto accelerator =
            chooseAccelerator(choice, manifest.guest(), qemu, log, Deadline::in(std::chrono::minutes(3)), probing);
        if (accelerator.kvm) return check({Finding::Level::good, "accelerator", "KVM: " + accelerator.reason, ""});
        check({Finding::Level::doubtful, "accelerator", "TCG: " + accelerator.reason, bootWithoutKvm()});
    } catch (const Error& error) {
        interrupted.check();
        check({Finding::Level::bad, "accelerator", error.what(), "leave out --accel, or choose a host with KVM"});
    }
}

void DoctorCommand::checkRoom(const std::optional<Manifest>& manifest) {
    check(judgeMemory(HostResources(), manifest ? manifest->memoryMiB : memoryWithoutGuestMiB));
    const auto cache = cacheFolder();
    check(judgeDisk(cache, freeMiB(cache), manifest.has_value()));
    try {
        const auto remark = whyNotXdgRuntimeDir();
        check({Finding::Level::good, "runtime", runtimeFolder().string() + (remark.empty() ? "" : ": " + remark), ""});
    } catch (const Error& error) {
        check({Finding::Level::bad, "runtime", error.what(), "set XDG_RUNTIME_DIR to a private folder"});
    }
}

void DoctorCommand::checkScenarios() {
    try {
        check({Finding::Level::good, "scenarios", findScenariosProgram().string(), ""});
    } catch (const Error& error) {
        check({Finding::Level::doubtful, "scenarios", error.what(), "without it there is `boxtest up`, but no `boxtest run`"});
    }
}

}  // namespace boxtest
