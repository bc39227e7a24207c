#pragma once

#include <cstdint>

namespace boxtest {

/// The frequency of this host's time-stamp counter (TSC) in kHz, rounded to 100 kHz; 0 on hosts that are not x86-64. The first
/// call measures it against CLOCK_MONOTONIC_RAW, in some milliseconds; a process that is interrupted meanwhile takes longer, and
/// is no less exact.
///
/// Without KVM, a guest's TSC is this counter. A guest's kernel that measures its frequency while the host is busy gets it wrong
/// by a factor of three, and from then on its clock runs three times as fast, in every fork, too.
std::uint32_t hostTscKhz();

}  // namespace boxtest
