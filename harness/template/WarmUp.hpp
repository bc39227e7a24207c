#pragma once

#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "guest/Manifest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// To be counted up when warmUp() does something else: a template that was warmed otherwise is another.
constexpr int warmUpVersion = 3;

/// Asks once for what costs a guest much the first time and scenarios would pay for again and again: the login pages of Odoo,
/// with what they load, and of pgAdmin, meanwhile the facts of every file, of which the kernel then knows by heart, and Odoo's
/// scheduled jobs. Throws as HttpClient::get and Session; a page that is not there is an error, what it loads is not.
void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline);

/// The paths below this server that a page loads: its scripts and style sheets.
std::vector<std::string> loadedBy(const std::string& page);

}  // namespace boxtest
