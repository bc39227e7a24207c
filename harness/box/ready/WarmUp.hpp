#pragma once

#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// To be counted up when warmUp() does something else: a template that was warmed otherwise is another.
constexpr int warmUpVersion = 4;

/// Asks once for what costs a guest much the first time and scenarios would pay for again and again: the login pages of Odoo,
/// with what they load, and of pgAdmin, and meanwhile the facts of every file, which the kernel then has in its cache. Logs
/// scheduled jobs of Odoo's that forks would do by the clock: a guest for tests has none. Throws as HttpClient::get and Session;
/// a page that is not there is an error, what it loads is not.
void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline);

/// The paths below this server that a page loads: its scripts and style sheets.
std::vector<std::string> loadedBy(const std::string& page);

}  // namespace boxtest
