#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "base/Error.hpp"

namespace boxtest {

/// During the object's lifetime, modes and owners of files restrict this thread even if it runs as root. Programs that it
/// executes have root's capabilities again.
class WithoutRootsPowers {
   public:
    WithoutRootsPowers() {
        if (!call(SYS_capget, before_)) throw SystemError("cannot tell what this thread may do", errno);
        auto fewer = before_;
        constexpr std::uint32_t files =
            1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_FOWNER | 1U << CAP_CHOWN | 1U << CAP_FSETID;
        fewer[0].effective &= ~files;
        if (!call(SYS_capset, fewer)) throw SystemError("cannot change what this thread may do", errno);
    }
    WithoutRootsPowers(const WithoutRootsPowers&) = delete;
    WithoutRootsPowers& operator=(const WithoutRootsPowers&) = delete;
    ~WithoutRootsPowers() { call(SYS_capset, before_); }

   private:
    using Sets = std::array<__user_cap_data_struct, 2>;
    static bool call(long number, Sets& sets) {
        __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        return ::syscall(number, &header, sets.data()) == 0;
    }
    Sets before_{};
};

}  // namespace boxtest
