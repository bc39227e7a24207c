#pragma once

#include <string>

#include "manifest/Manifest.hpp"
#include "sabotage/Sabotage.hpp"

namespace boxtest {

/// How sabotageScript() ends when something did not work; any other status is the shell's own trouble.
constexpr int sabotageNotDone = 91;
constexpr int sabotageNotTaken = 92;

/// What root runs in the guest, as one script for /bin/sh: the manifest's names as shell variables, the shared functions, then
/// the sabotage's lift and act, then its check, each of which ends at the first command that fails. Status 0: it has taken
/// effect.
std::string sabotageScript(const Sabotage& sabotage, const std::string& functions, const Manifest& manifest);

}  // namespace boxtest
