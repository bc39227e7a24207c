#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "Attempt.hpp"

namespace probe {

namespace {

// Arguments with which a call that is let through says EINVAL, EFAULT or the like, or does no harm: only the filter's own answer
// (EPERM), or the lack of a capability, tells that it was stopped.
Attempt mountCall() { return Attempt::of(::syscall(SYS_mount, "none", "/mnt", "tmpfs", 0L, nullptr)); }
Attempt unmountCall() { return Attempt::of(::syscall(SYS_umount2, "/proc", 0L)); }
Attempt unshareUser() { return Attempt::of(::syscall(SYS_unshare, CLONE_NEWUSER)); }
Attempt unshareMount() { return Attempt::of(::syscall(SYS_unshare, CLONE_NEWNS)); }
Attempt unshareNetwork() { return Attempt::of(::syscall(SYS_unshare, CLONE_NEWNET)); }
Attempt unsharePid() { return Attempt::of(::syscall(SYS_unshare, CLONE_NEWPID)); }
Attempt setns() { return Attempt::of(::syscall(SYS_setns, -1, 0)); }
Attempt initModule() { return Attempt::of(::syscall(SYS_init_module, nullptr, 0L, nullptr)); }
Attempt bpf() { return Attempt::of(::syscall(SYS_bpf, 0L, nullptr, 0L)); }
Attempt perfEvents() { return Attempt::of(::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0L)); }
Attempt keyring() { return Attempt::of(::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)); }
Attempt addKey() { return Attempt::of(::syscall(SYS_add_key, "user", "boxtest", "x", 1L, KEY_SPEC_PROCESS_KEYRING)); }
Attempt personalityCall() { return Attempt::of(::syscall(SYS_personality, static_cast<long>(ADDR_NO_RANDOMIZE))); }
Attempt swapon() { return Attempt::of(::syscall(SYS_swapon, "/nowhere", 0)); }
Attempt pivotRoot() { return Attempt::of(::syscall(SYS_pivot_root, "/", "/")); }
Attempt chrootCall() { return Attempt::of(::syscall(SYS_chroot, "/")); }
Attempt setTime() { return Attempt::of(::syscall(SYS_settimeofday, nullptr, nullptr)); }
Attempt setHostname() { return Attempt::of(::syscall(SYS_sethostname, "probe", 5L)); }
Attempt ioUring() { return Attempt::of(::syscall(SYS_io_uring_setup, 1, nullptr)); }
Attempt userfaultfd() { return Attempt::of(::syscall(SYS_userfaultfd, O_CLOEXEC)); }
Attempt kexec() { return Attempt::of(::syscall(SYS_kexec_load, 0L, 0L, nullptr, 0L)); }
Attempt fsopen() { return Attempt::of(::syscall(SYS_fsopen, "tmpfs", 0)); }
Attempt acct() { return Attempt::of(::syscall(SYS_acct, nullptr)); }
Attempt quotactl() { return Attempt::of(::syscall(SYS_quotactl, 0, nullptr, 0, nullptr)); }
Attempt reboot() { return Attempt::of(::syscall(SYS_reboot, 0, 0, 0, nullptr)); }  // wrong magic: never reboots
Attempt handles() { return Attempt::of(::syscall(SYS_open_by_handle_at, -1, nullptr, 0)); }
Attempt readForeignMemory() { return Attempt::of(::syscall(SYS_process_vm_readv, 1, nullptr, 0L, nullptr, 0L, 0L)); }
Attempt kernelLog() {
    std::array<char, 64> bytes{};
    return Attempt::of(::syscall(SYS_syslog, 3, bytes.data(), bytes.size()));
}
Attempt becomeRoot() { return Attempt::of(::setuid(0)); }
Attempt becomeRootGroup() { return Attempt::of(::setgid(0)); }
Attempt joinRootGroup() {
    const gid_t root = 0;
    return Attempt::of(::syscall(SYS_setgroups, 1L, &root));
}
Attempt dropNoNewPrivileges() {
    // The kernel has no way back, so that the attempt says EINVAL whatever the sandbox: what counts is that it is set.
    const int set = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    return set == 1 ? Attempt::failed(EPERM, "set") : Attempt::worked("not set");
}
Attempt raisePriority() { return Attempt::of(::syscall(SYS_setpriority, 0, 0L, -10L)); }
Attempt realtime() {
    const sched_param parameter{.sched_priority = 1};
    return Attempt::of(::syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameter));
}
Attempt writableCode() {
    void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::worked();
}
Attempt codeFromData() {
    void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::of(::mprotect(at, 4096, PROT_READ | PROT_EXEC));
}
Attempt memoryFile() {
    const auto fd = static_cast<int>(::syscall(SYS_memfd_create, "probe", 0));
    if (fd < 0) return Attempt::failed(errno);
    if (::ftruncate(fd, 4096) != 0) return Attempt::failed(errno);
    void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    return at == MAP_FAILED ? Attempt::failed(errno) : Attempt::worked("mapped executable");
}
Attempt sharedMemory() {
    const int segment = ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (segment < 0) return Attempt::failed(errno);
    ::shmctl(segment, IPC_RMID, nullptr);
    return Attempt::worked();
}

struct Call {
    std::string_view name;
    Attempt (*run)();
};

constexpr std::array calls{
    Call{"mount", mountCall},
    Call{"umount", unmountCall},
    Call{"unshare-user", unshareUser},
    Call{"unshare-mount", unshareMount},
    Call{"unshare-network", unshareNetwork},
    Call{"unshare-pid", unsharePid},
    Call{"setns", setns},
    Call{"init_module", initModule},
    Call{"bpf", bpf},
    Call{"perf_event_open", perfEvents},
    Call{"keyctl", keyring},
    Call{"add_key", addKey},
    Call{"personality", personalityCall},
    Call{"swapon", swapon},
    Call{"pivot_root", pivotRoot},
    Call{"chroot", chrootCall},
    Call{"settimeofday", setTime},
    Call{"sethostname", setHostname},
    Call{"io_uring_setup", ioUring},
    Call{"userfaultfd", userfaultfd},
    Call{"kexec_load", kexec},
    Call{"fsopen", fsopen},
    Call{"acct", acct},
    Call{"quotactl", quotactl},
    Call{"reboot", reboot},
    Call{"open_by_handle_at", handles},
    Call{"process_vm_readv", readForeignMemory},
    Call{"syslog", kernelLog},
    Call{"setuid-root", becomeRoot},
    Call{"setgid-root", becomeRootGroup},
    Call{"setgroups-root", joinRootGroup},
    Call{"no-new-privileges", dropNoNewPrivileges},
    Call{"setpriority", raisePriority},
    Call{"sched_setscheduler", realtime},
    Call{"mmap-wx", writableCode},
    Call{"mprotect-x", codeFromData},
    Call{"memfd-x", memoryFile},
    Call{"shmget", sharedMemory},
};

}  // namespace

bool isSystemCallVerb(std::string_view verb) { return verb == "call"; }

Attempt trySystemCall(std::string_view, Words words) {
    want(words, 1);
    for (const auto& call : calls)
        if (call.name == words[0]) return call.run();
    throw std::invalid_argument("no such system call");
}

}  // namespace probe
