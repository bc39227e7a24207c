#include "vm/ConsoleTrouble.hpp"

#include <algorithm>
#include <array>

namespace boxtest {

namespace {

struct Sign {
    std::string_view text;
    const char* meaning;
};

/// In the order in which the first that matches names the trouble.
constexpr std::array signs{
    Sign{"Kernel panic - not syncing", "the guest's kernel panicked"},
    Sign{"PANIC: double fault", "the guest's kernel panicked"},
    Sign{"BUG: unable to handle", "the guest's kernel had an oops"},
    Sign{"BUG: kernel NULL pointer", "the guest's kernel had an oops"},
    Sign{"kernel BUG at", "the guest's kernel had an oops"},
    Sign{"Internal error: Oops", "the guest's kernel had an oops"},
    Sign{"Out of memory: Killed process 1 ", "the guest ran out of memory and lost its init"},
    Sign{"Out of memory and no killable processes", "the guest ran out of memory"},
    Sign{"Freezing execution", "systemd crashed in the guest"},
    Sign{"VFS: Cannot open root device", "the guest's kernel found no root file system"},
    Sign{"Gave up waiting for root", "the guest found no root file system"},
    Sign{"An error occurred in stage 1 of the boot process", "the guest's first stage of the boot failed"},
    Sign{"(initramfs) ", "the guest stopped in a shell of its initramfs"},
    Sign{"You are in emergency mode", "the guest is in emergency mode"},
    Sign{"Entering emergency mode", "the guest is in emergency mode"},
    Sign{"Emergency Mode", "the guest is in emergency mode"},
    Sign{"You are in rescue mode", "the guest is in rescue mode"},
    Sign{"Rescue Mode", "the guest is in rescue mode"},
    Sign{"Cannot open access to console, the root account is locked", "the guest is in emergency mode"},
    Sign{"Give root password for maintenance", "the guest is in emergency mode"},
    Sign{"Dependency failed for Local File Systems", "the guest could not mount its file systems"},
    Sign{"Failed to mount ", "the guest could not mount a file system"},
    Sign{"I/O error, dev vda,", "the guest cannot read or write its disk (is the host's disk full?)"},
    Sign{"VFS: Unable to mount root fs", "the guest could not mount its root file system"},
};

/// Each oops of the kernel carries its number: "Oops: 0002 [#1] PREEMPT SMP".
bool isOops(std::string_view line) {
    constexpr std::array<std::string_view, 7> kinds{
        "Oops", "general protection fault", "double fault", "invalid opcode", "stack segment", "divide error", "int3"};
    const auto number = line.find("[#");
    if (number == std::string_view::npos || number + 2 >= line.size() || line[number + 2] < '0' || line[number + 2] > '9')
        return false;
    const auto before = line.substr(0, number);
    return std::any_of(kinds.begin(), kinds.end(), [&](auto kind) { return before.find(kind) != std::string_view::npos; });
}

}  // namespace

std::optional<std::string> consoleTrouble(std::string_view line) {
    for (const auto& sign : signs) {
        if (line.find(sign.text) != std::string_view::npos) return sign.meaning;
    }
    if (isOops(line)) return "the guest's kernel had an oops";
    // busybox in an initramfs: "mount: mounting /dev/vda on /root failed: ..."
    if (line.find("mount: mounting ") != std::string_view::npos && line.find(" failed") != std::string_view::npos) {
        return "the guest could not mount a file system";
    }
    return {};
}

bool isKernelStart(std::string_view line) {
    return line.find("Linux version ") != std::string_view::npos ||
           line.find("Booting Linux on physical CPU") != std::string_view::npos;
}

}  // namespace boxtest
