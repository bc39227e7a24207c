#pragma once

#include <string>
#include <vector>

#include "reach/RunningGuest.hpp"

namespace boxtest {

/// What nobody may find on the machine, a line each.
namespace secrets {

/// Odoo's master password, and those of its and pgAdmin's first users.
std::vector<std::string> passwords(RunningGuest& guest);

/// Hashes of the passwords of Odoo's and pgAdmin's users: wherever one lies, a copy of their tables does. Throws GuestError when
/// nobody has a password.
std::vector<std::string> hashes(RunningGuest& guest);

/// Of each private key of the people a line that stands in nothing else: the last but one, which has the secret number.
std::vector<std::string> peoplesKeys(RunningGuest& guest);

}  // namespace secrets

}  // namespace boxtest
