#include <fcntl.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "Calls.hpp"

namespace probe {

namespace {

/// An address that no process maps: reading from it returns EFAULT.
const void* const nowhere = reinterpret_cast<const void*>(1);
constexpr long userModeOnly = 1;  // UFFD_USER_MODE_ONLY: allowed for every process

template <typename... Arguments>
Attempt call(long number, Arguments... arguments) {
    return Attempt::of(::syscall(number, arguments...));
}

Attempt kernelLog() {
    std::array<char, 64> bytes{};
    return call(SYS_syslog, 3, bytes.data(), bytes.size());
}

/// Every process can get a handle of "/"; opening by handle bypasses all permissions on the path.
Attempt openByHandle() { return call(SYS_open_by_handle_at, AT_FDCWD, nowhere, 0); }

/// The 32-bit system call entry: filters for the machine's native system calls do not check it.
Attempt foreignArchitecture() {
#ifdef __x86_64__
    long result = 20;  // getpid
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result > 0 ? Attempt::worked() : Attempt::failed(static_cast<int>(-result));
#else
    return Attempt::failed(ENOSYS);
#endif
}

Attempt inputOutputPorts() {
#ifdef SYS_iopl
    return call(SYS_iopl, 3);
#else
    return Attempt::failed(ENOSYS);
#endif
}

Attempt segmentTable() {
#ifdef SYS_modify_ldt
    return call(SYS_modify_ldt, 1, nowhere, 16L);
#else
    return Attempt::failed(ENOSYS);
#endif
}

constexpr std::array calls{
    // Mounts.
    Call{"mount", [] { return call(SYS_mount, nowhere, "/mnt", nowhere, 0L, nullptr); }},
    Call{"mount-tmpfs", [] { return call(SYS_mount, "none", "/mnt", "tmpfs", 0L, nullptr); }},
    Call{"remount-writable",
         [] { return call(SYS_mount, "none", "/", nullptr, static_cast<long>(MS_REMOUNT | MS_BIND), nullptr); }},
    Call{"umount", [] { return call(SYS_umount2, "/proc", 0L); }},
    Call{"fsopen", [] { return call(SYS_fsopen, "tmpfs", 0); }},
    Call{"open_tree", [] { return call(SYS_open_tree, AT_FDCWD, "/", 1); }},
    Call{"move_mount", [] { return call(SYS_move_mount, -1, "", -1, "", 0); }},
    Call{"mount_setattr", [] { return call(SYS_mount_setattr, AT_FDCWD, "/", 0, nullptr, 0L); }},
    Call{"pivot_root", [] { return call(SYS_pivot_root, "/", "/"); }},
    Call{"chroot", [] { return call(SYS_chroot, "/"); }},
    Call{"open_by_handle_at", openByHandle},
    Call{"swapon", [] { return call(SYS_swapon, "/nowhere", 0); }},
    Call{"swapoff", [] { return call(SYS_swapoff, "/nowhere"); }},
    Call{"quotactl", [] { return call(SYS_quotactl, 0, nullptr, 0, nullptr); }},
    Call{"acct", [] { return call(SYS_acct, nowhere); }},
    // Namespaces.
    Call{"unshare-user", [] { return call(SYS_unshare, CLONE_NEWUSER); }},
    Call{"unshare-mount", [] { return call(SYS_unshare, CLONE_NEWNS); }},
    Call{"unshare-network", [] { return call(SYS_unshare, CLONE_NEWNET); }},
    Call{"unshare-pid", [] { return call(SYS_unshare, CLONE_NEWPID); }},
    Call{"unshare-ipc", [] { return call(SYS_unshare, CLONE_NEWIPC); }},
    Call{"unshare-uts", [] { return call(SYS_unshare, CLONE_NEWUTS); }},
    Call{"unshare-cgroup", [] { return call(SYS_unshare, CLONE_NEWCGROUP); }},
    Call{"setns", [] { return call(SYS_setns, -1, 0); }},
    Call{"clone3", [] { return call(SYS_clone3, nullptr, 0L); }},
    // The kernel itself.
    Call{"init_module", [] { return call(SYS_init_module, nullptr, 0L, nullptr); }},
    Call{"finit_module", [] { return call(SYS_finit_module, -1, "", 0); }},
    Call{"delete_module", [] { return call(SYS_delete_module, nowhere, 0); }},
    Call{"kexec_load", [] { return call(SYS_kexec_load, 0L, 0L, nullptr, 0L); }},
    Call{"kexec_file_load", [] { return call(SYS_kexec_file_load, -1, -1, 0L, nullptr, 0L); }},
    Call{"reboot", [] { return call(SYS_reboot, 0, 0, 0, nullptr); }},  // wrong magic: never reboots
    Call{"bpf", [] { return call(SYS_bpf, 0L, nullptr, 0L); }},
    Call{"perf_event_open", [] { return call(SYS_perf_event_open, nullptr, 0, -1, -1, 0L); }},
    Call{"syslog", kernelLog},
    Call{"sethostname", [] { return call(SYS_sethostname, "probe", 5L); }},
    Call{"setdomainname", [] { return call(SYS_setdomainname, "probe", 5L); }},
    Call{"vhangup", [] { return call(SYS_vhangup); }},
    Call{"fanotify_init", [] { return call(SYS_fanotify_init, 0, 0); }},
    Call{"iopl", inputOutputPorts},
    Call{"modify_ldt", segmentTable},
    Call{"int80", foreignArchitecture},
    // Clocks.
    Call{"settimeofday", [] { return call(SYS_settimeofday, nullptr, nullptr); }},
    Call{"clock_settime", [] { return call(SYS_clock_settime, CLOCK_REALTIME, nowhere); }},
    Call{"adjtimex", [] { return call(SYS_adjtimex, nowhere); }},
    Call{"clock_adjtime", [] { return call(SYS_clock_adjtime, CLOCK_REALTIME, nowhere); }},
    // Other processes, and calls through which kernel bugs have been exploited.
    Call{"ptrace-traceme", [] { return call(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    Call{"pidfd_getfd", [] { return call(SYS_pidfd_getfd, -1, 0, 0); }},
    Call{"kcmp", [] { return call(SYS_kcmp, 1, 1, 0, 0L, 0L); }},
    Call{"keyctl", [] { return call(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0); }},
    Call{"add_key", [] { return call(SYS_add_key, "user", "boxtest", "x", 1L, KEY_SPEC_PROCESS_KEYRING); }},
    Call{"request_key", [] { return call(SYS_request_key, nowhere, nowhere, nullptr, 0); }},
    Call{"personality", [] { return call(SYS_personality, static_cast<long>(ADDR_NO_RANDOMIZE)); }},
    Call{"io_uring_setup", [] { return call(SYS_io_uring_setup, 1, nullptr); }},
    Call{"io_uring_enter", [] { return call(SYS_io_uring_enter, -1, 0, 0, 0, nullptr, 0L); }},
    Call{"userfaultfd", [] { return call(SYS_userfaultfd, O_CLOEXEC | userModeOnly); }},
};

}  // namespace

std::span<const Call> kernelCalls() { return calls; }

}  // namespace probe
