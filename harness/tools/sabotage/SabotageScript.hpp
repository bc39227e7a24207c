#pragma once

#include <string>

#include "manifest/Manifest.hpp"
#include "sabotage/Sabotage.hpp"

namespace boxtest {

/// Exit status of sabotageScript() when the sabotage or its check failed; any other non-zero status is an error of the shell
/// itself.
constexpr int sabotageNotDone = 91;
constexpr int sabotageNotTaken = 92;

/// The script that root runs in the guest with /bin/sh: the manifest's names as shell variables, the shared functions, then the
/// sabotage's lift and act, then its check; each part ends at the first command that fails. Status 0: the sabotage has taken
/// effect.
std::string sabotageScript(const Sabotage& sabotage, const std::string& functions, const Manifest& manifest);

}  // namespace boxtest
