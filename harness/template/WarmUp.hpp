#pragma once

#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "guest/Manifest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// Asks once for what costs a guest much the first time and every scenario would pay for: the login pages of Odoo, with what
/// they load, and of pgAdmin. Throws as HttpClient::get; a page that is not there is an error, what it loads is not.
void warmUp(const Manifest& manifest, const MachineInfo& info, const FailureLatch& failure, Deadline deadline);

/// The paths below this server that a page loads: its scripts and style sheets.
std::vector<std::string> loadedBy(const std::string& page);

}  // namespace boxtest
