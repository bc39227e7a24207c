#pragma once

#include <set>
#include <string>
#include <vector>

namespace boxtest {

/// A connection from a scenario to its guest that can be opened before the scenario begins.
enum class GuestConnection { adminSession, rootShell, adminTunnel, handymanSession, handymanTunnel };
using GuestConnections = std::set<GuestConnection>;

/// "admin", "root", "admin-tunnel", "handyman", "handyman-tunnel".
std::vector<std::string> wordsOf(const GuestConnections& connections);
/// Throws std::invalid_argument for an unknown word.
GuestConnections connectionsOf(const std::vector<std::string>& words);

}  // namespace boxtest
