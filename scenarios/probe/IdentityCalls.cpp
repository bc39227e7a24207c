#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "Calls.hpp"

namespace probe {

namespace {

/// Direct system call: the library's functions also handle the caller's other threads, which a probe does not need.
template <typename... Arguments>
Attempt call(long number, Arguments... arguments) {
    return Attempt::of(::syscall(number, arguments...));
}

Attempt joinRootGroup() {
    const gid_t root = 0;
    return call(SYS_setgroups, 1L, &root);
}

/// All capabilities that the kernel supports.
Attempt takeCapabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> data{};
    for (auto& half : data) half = {.effective = ~0U, .permitted = ~0U, .inheritable = ~0U};
    return call(SYS_capset, &header, data.data());
}

Attempt ambientCapability() { return Attempt::of(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)); }

/// The kernel cannot reset no_new_privs, so an attempt returns EINVAL in every sandbox: check whether it is set instead.
Attempt newPrivileges() {
    return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? Attempt::failed(EPERM, "set") : Attempt::worked("not set");
}

Attempt realtime() {
    const sched_param parameter{.sched_priority = 1};
    return call(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameter);
}

/// No limit on the number of processes.
Attempt unlimitedProcesses() {
    const rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    return Attempt::of(::setrlimit(RLIMIT_NPROC, &limit));
}

constexpr int realtimeInputOutput = 1 << 13;  // IOPRIO_CLASS_RT

constexpr std::array calls{
    Call{"setuid-root", [] { return call(SYS_setuid, 0); }},
    Call{"setresuid-root", [] { return call(SYS_setresuid, 0, 0, 0); }},
    Call{"setgid-root", [] { return call(SYS_setgid, 0); }},
    Call{"setgroups-root", joinRootGroup},
    Call{"capset", takeCapabilities},
    Call{"ambient-capability", ambientCapability},
    Call{"new-privileges", newPrivileges},
    Call{"setpriority", [] { return call(SYS_setpriority, PRIO_PROCESS, 0L, -10L); }},
    Call{"ioprio_set", [] { return call(SYS_ioprio_set, 1, 0, realtimeInputOutput); }},
    Call{"sched_setscheduler", realtime},
    Call{"setrlimit", unlimitedProcesses},
};

}  // namespace

std::span<const Call> identityCalls() { return calls; }

}  // namespace probe
