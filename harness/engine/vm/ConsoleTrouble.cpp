#include "vm/ConsoleTrouble.hpp"

#include <algorithm>
#include <array>

namespace boxtest {

namespace {

struct Sign {
    std::string_view text;
    const char* meaning;
};

/// The beginning of a message of the kernel or of systemd. The first match, in this order, names the trouble.
constexpr std::array atAnyTime{
    Sign{"Kernel panic - not syncing", "the guest's kernel panicked"},
    Sign{"PANIC: double fault", "the guest's kernel panicked"},
    Sign{"BUG: unable to handle", "the guest's kernel had an oops"},
    Sign{"BUG: kernel NULL pointer", "the guest's kernel had an oops"},
    Sign{"kernel BUG at", "the guest's kernel had an oops"},
    Sign{"Internal error: Oops", "the guest's kernel had an oops"},
    Sign{"Out of memory: Killed process 1 ", "the guest ran out of memory and lost its init"},
    Sign{"Out of memory and no killable processes", "the guest ran out of memory"},
    Sign{"systemd[1]: Freezing execution", "systemd crashed in the guest"},
    Sign{"I/O error, dev vda,", "the guest cannot read or write its disk (is the host's disk full?)"},
    Sign{"blk_update_request: I/O error, dev vda,", "the guest cannot read or write its disk (is the host's disk full?)"},
};

constexpr std::array ofTheBoot{
    Sign{"VFS: Cannot open root device", "the guest's kernel found no root file system"},
    Sign{"VFS: Unable to mount root fs", "the guest could not mount its root file system"},
    Sign{"Gave up waiting for root", "the guest found no root file system"},
    Sign{"An error occurred in stage 1 of the boot process", "the guest's first stage of the boot failed"},
    Sign{"(initramfs) ", "the guest stopped in a shell of its initramfs"},
    Sign{"You are in emergency mode", "the guest is in emergency mode"},
    Sign{"Entering emergency mode", "the guest is in emergency mode"},
    Sign{"You are in rescue mode", "the guest is in rescue mode"},
    Sign{"Cannot open access to console, the root account is locked", "the guest is in emergency mode"},
    Sign{"Give root password for maintenance", "the guest is in emergency mode"},
};

/// A status line of systemd for a unit: "[FAILED] Failed to mount data.mount - /data."
struct UnitSign {
    std::string_view mark;
    std::string_view text;
    const char* meaning;
};

constexpr std::array ofUnits{
    UnitSign{"[  OK  ]", "Emergency Mode", "the guest is in emergency mode"},
    UnitSign{"[  OK  ]", "Rescue Mode", "the guest is in rescue mode"},
    UnitSign{"[DEPEND]", "Dependency failed for Local File Systems", "the guest could not mount its file systems"},
    UnitSign{"[DEPEND]", "Dependency failed for local-fs.target", "the guest could not mount its file systems"},
    UnitSign{"[FAILED]", "Failed to mount ", "the guest could not mount a file system"},
};

/// The offset of a kernel message in the line: after its time, "[    1.234567] ", and after the caller, "[T123] " or "[C1] ", if
/// there is one. The time may be in the middle of the line: for instance, a login prompt has no newline.
std::size_t kernelMessage(std::string_view line) {
    for (auto open = line.find('['); open != std::string_view::npos; open = line.find('[', open + 1)) {
        const auto close = line.find("] ", open);
        if (close == std::string_view::npos) break;
        const auto time = line.substr(open + 1, close - open - 1);
        const auto dot = time.find('.');
        const bool isTime = dot != std::string_view::npos && dot > 0 && dot + 1 < time.size() &&
                            time.find_first_not_of(" 0123456789.") == std::string_view::npos;
        if (!isTime) continue;
        const auto message = close + 2;
        if (message < line.size() && line[message] == '[') {
            const auto caller = line.find("] ", message);
            const auto begins = message + 1 < line.size() ? line[message + 1] : ' ';
            if ((begins == 'T' || begins == 'C' || begins == ' ') && caller != std::string_view::npos) return caller + 2;
        }
        return message;
    }
    return std::string_view::npos;
}

/// Each oops of the kernel contains its number: "Oops: 0002 [#1] PREEMPT SMP".
bool isOops(std::string_view message) {
    constexpr std::array<std::string_view, 7> kinds{
        "Oops", "general protection fault", "double fault", "invalid opcode", "stack segment", "divide error", "int3"};
    const auto number = message.find("[#");
    if (number == std::string_view::npos || number + 2 >= message.size() || message[number + 2] < '0' ||
        message[number + 2] > '9')
        return false;
    return std::any_of(kinds.begin(), kinds.end(), [&](auto kind) { return message.starts_with(kind); });
}

std::optional<std::string> troubleIn(std::string_view message, GuestPhase phase) {
    for (const auto& sign : atAnyTime)
        if (message.starts_with(sign.text)) return sign.meaning;
    if (isOops(message)) return "the guest's kernel had an oops";
    if (phase != GuestPhase::booting) return std::nullopt;
    for (const auto& sign : ofTheBoot)
        if (message.starts_with(sign.text)) return sign.meaning;
    for (const auto& sign : ofUnits)
        if (message.starts_with(sign.mark) && message.find(sign.text) != std::string_view::npos) return sign.meaning;
    // busybox in an initramfs: "mount: mounting /dev/vda on /root failed: ..."
    if (message.starts_with("mount: mounting /") && message.find(" failed: ") != std::string_view::npos)
        return "the guest could not mount a file system";
    return std::nullopt;
}

/// Applies `judge` to the whole line, then to the kernel's message in it if the first result is negative.
template <typename Judge>
auto judgeEither(std::string_view line, Judge judge) {
    auto verdict = judge(line);
    if (verdict) return verdict;
    const auto message = kernelMessage(line);
    return message == std::string_view::npos ? verdict : judge(line.substr(message));
}

}  // namespace

std::optional<std::string> consoleTrouble(std::string_view line, GuestPhase phase) {
    return judgeEither(line, [&](std::string_view message) { return troubleIn(message, phase); });
}

bool isKernelStart(std::string_view line) {
    return judgeEither(line, [](std::string_view message) {
        return message.starts_with("Linux version ") || message.starts_with("Booting Linux on physical CPU");
    });
}

bool isBootsEnd(std::string_view line) {
    constexpr std::string_view target = "[  OK  ] Reached target ";
    if (line.starts_with(target))
        return line.find("multi-user.target") != std::string_view::npos ||
               line.find("Multi-User System") != std::string_view::npos;
    // Exactly one word before the prompt: "host login: ".
    constexpr std::string_view prompt = " login: ";
    return line.ends_with(prompt) && line.find(' ') == line.size() - prompt.size();
}

}  // namespace boxtest
