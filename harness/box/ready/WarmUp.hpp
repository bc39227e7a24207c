#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// To be counted up when warmUp() does something else: a template that was warmed otherwise is another.
constexpr int warmUpVersion = 6;

/// Asks once for what costs a guest much the first time and scenarios would pay for again and again: the login pages of Odoo,
/// with what they load, and of pgAdmin, and meanwhile the facts of every file, which the kernel then has in its cache. Logs
/// scheduled jobs of Odoo's that forks would do by the clock: a guest for tests has none. Last, Odoo's cron process looks for
/// jobs, which it does every minute or so: otherwise every fork would do that round in its first seconds. Throws as
/// HttpClient::get and Session; a page that is not there is an error, and so is a walk that met next to no file; what a page
/// loads is none.
void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline);

/// How many files a walk of boxtest-probe has met, by all that it printed; nothing when it did not come to its end.
std::optional<unsigned long> filesWalked(std::string_view output);

/// The paths below this server that a page loads: its scripts and style sheets.
std::vector<std::string> loadedBy(const std::string& page);

}  // namespace boxtest
