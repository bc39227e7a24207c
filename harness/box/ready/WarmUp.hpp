#pragma once

#include <cstddef>
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

/// Increase this when warmUp() changes: templates warmed by another version differ.
constexpr int warmUpVersion = 6;

/// Requests once what is expensive for a guest the first time and what scenarios would otherwise pay for again and again: the
/// login pages of Odoo (with all that they load) and of pgAdmin. In parallel, reads the facts of every file, so that the kernel
/// has them in its cache. Logs scheduled jobs of Odoo's that forks would run by the clock: a guest for tests has none. Finally
/// makes Odoo's cron process look for jobs, which it does about every minute: otherwise every fork would do so in its first
/// seconds. Shows each step in the log while it goes on. Throws as HttpClient::get and Session. A missing page is an error, and
/// so is a file walk that found almost no files; a missing resource of a page is not.
void warmUp(const Manifest& manifest, const MachineInfo& info, Log& log, const FailureLatch& failure, Deadline deadline);

/// How many steps warmUp() shows in the log, one after the other.
constexpr std::size_t warmUpSteps = 6;
/// The text for one of them, from 0: "pgAdmin's login page (3 of 6 to warm up; beside it the walk over all files)".
std::string describeWarmUp(std::size_t step);

/// Number of files that a walk of boxtest-probe visited, from its complete output; nullopt if the walk did not finish.
std::optional<unsigned long> filesWalked(std::string_view output);

/// The paths on this server that a page loads: its scripts and style sheets.
std::vector<std::string> loadedBy(const std::string& page);

}  // namespace boxtest
