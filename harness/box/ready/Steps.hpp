#pragma once

#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Steps after which a template of an Odoo Box can be frozen: all claims must hold after each of them as well.
namespace steps {
constexpr auto reboot = "reboot";    ///< Reboots the machine.
constexpr auto restore = "restore";  ///< Takes a hot backup and restores it.
std::vector<std::string> all();
}  // namespace steps

/// As GuestHooks::carryOut().
void carryOutStep(const std::string& step, const Manifest& manifest, const MachineInfo& machine, const GuestHooks::Reboot& reboot,
                  Log& log, const FailureLatch& failure, Deadline deadline);

}  // namespace boxtest
