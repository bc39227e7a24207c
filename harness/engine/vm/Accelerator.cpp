#include "vm/Accelerator.hpp"

#include <fcntl.h>
#include <sys/utsname.h>

#include <array>
#include <cerrno>

#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "base/Folders.hpp"
#include "base/Poll.hpp"
#include "base/TemporaryFolder.hpp"
#include "vm/AcceleratorMemory.hpp"
#include "vm/LaunchQemu.hpp"

namespace boxtest {

namespace {

/// The first line of the reason, without the path of the probe's log file.
std::string inShort(const FailureLatch& failure) {
    const auto summary = failure.summary().value_or("?");
    return summary.substr(0, summary.find('\n'));
}

std::filesystem::path memoryFolder(const AcceleratorOptions& options) {
    return options.memory.empty() ? cacheFolder() / "accelerator" : options.memory;
}

struct Probed {
    Accelerator answer;
    /// False when the kernel was silent for the whole bound: that is no answer, and the next call probes again.
    bool isFinal = true;
};

/// Starts the guest under KVM and waits for the first console line of its kernel.
Probed probe(const Guest& guest, const QemuProgram& qemu, const AcceleratorOptions& options, Deadline deadline) {
    const TemporaryFolder folder("accelerator");
    FailureLatch failure;
    // A "quiet" kernel writes nothing for a long time; the last loglevel= takes effect.
    const auto running = launchQemu({.guest = guest, .qemu = qemu, .accelerator = {.kvm = true}},
                                    {.folder = folder.path(), .appendedToCommandLine = "loglevel=7"}, failure, deadline);
    const auto bounded = deadline.within(options.bound);
    std::array<pollfd, 3> watched{{{running->console().kernelStarted(), POLLIN, 0},
                                   {failure.fd(), POLLIN, 0},
                                   {options.interrupted ? options.interrupted->fd() : -1, POLLIN, 0}}};
    const bool inTime = poll(watched, bounded);
    running->expectEnd();
    if (watched[2].revents != 0) options.interrupted->check();
    if (watched[0].revents != 0) return {{.kvm = true, .reason = "the guest's own kernel starts under KVM here"}};
    if (inTime) return {{.kvm = false, .reason = "the guest's own kernel does not start under KVM here: " + inShort(failure)}};
    if (deadline.expired()) throw TimeoutError("timed out waiting for the guest's kernel to start under KVM");
    return {{.kvm = false,
             .reason =
                 "the guest's own kernel says nothing under KVM here for " + std::to_string(options.bound.count() / 1000) + " s"},
            false};
}

Accelerator askKvm(AcceleratorChoice choice, const Guest& guest, const QemuProgram& qemu, Log& log, Deadline deadline,
                   const AcceleratorOptions& options) {
    if (auto why = whyNoKvm(guest, options.kvmDevice)) return {.kvm = false, .reason = *why};
    const AcceleratorMemory memory(memoryFolder(options), guest, qemu);
    if (const auto known = memory.recall(); known && (known->kvm || choice == AcceleratorChoice::automatic)) return *known;
    log.waiting("the guest's kernel to start under KVM", {});
    auto [answer, isFinal] = probe(guest, qemu, options, deadline);
    if (!isFinal) return answer;
    try {
        memory.remember(answer);
    } catch (const std::exception& failed) {
        log.line(std::string("cannot remember the accelerator, it will be probed again: ") + failed.what());
    }
    return answer;
}

}  // namespace

std::optional<std::string> whyNoKvm(const Guest& guest, const std::filesystem::path& device) {
    utsname host{};
    ::uname(&host);
    if (guest.architecture != host.machine) {
        return "the guest is built for " + guest.architecture + ", the host is " + host.machine;
    }
    const FileDescriptor opened(::open(device.c_str(), O_RDWR | O_CLOEXEC));
    if (!opened) return SystemError("cannot open '" + device.string() + "'", errno).what();
    return {};
}

AcceleratorChoice parseAcceleratorChoice(std::string_view text) {
    if (text == "auto") return AcceleratorChoice::automatic;
    if (text == "kvm") return AcceleratorChoice::kvm;
    if (text == "tcg") return AcceleratorChoice::tcg;
    throw UsageError("there is no accelerator '" + std::string(text) + "'; there are auto, kvm and tcg");
}

Accelerator chooseAccelerator(AcceleratorChoice choice, const Guest& guest, const QemuProgram& qemu, Log& log, Deadline deadline,
                              const AcceleratorOptions& options) {
    if (choice == AcceleratorChoice::tcg) {
        return {.kvm = false, .reason = "asked for"};
    }
    auto answer = askKvm(choice, guest, qemu, log, deadline, options);
    if (choice == AcceleratorChoice::kvm && !answer.kvm) {
        throw GuestError("KVM was asked for and cannot run the guest: " + answer.reason);
    }
    const AcceleratorMemory memory(memoryFolder(options), guest, qemu);
    if (memory.isNews(answer)) log.line("accelerator: " + answer.name() + " (" + answer.reason + ")");
    return answer;
}

}  // namespace boxtest
