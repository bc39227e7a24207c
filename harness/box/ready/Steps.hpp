#pragma once

#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/GuestHooks.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// What a template of an Odoo Box may be frozen after: all promises must hold then as well.
namespace steps {
constexpr auto reboot = "reboot";    ///< Of the machine.
constexpr auto restore = "restore";  ///< Of a hot backup that is taken before.
std::vector<std::string> all();
}  // namespace steps

/// As GuestHooks::carryOut().
void carryOutStep(const std::string& step, const Manifest& manifest, const MachineInfo& machine, const GuestHooks::Reboot& reboot,
                  Log& log, const FailureLatch& failure, Deadline deadline);

}  // namespace boxtest
