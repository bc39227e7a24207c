#pragma once

#include <set>
#include <string>
#include <vector>

namespace boxtest {

/// A connection by which a scenario reaches its guest, and which can be made before it begins.
enum class GuestConnection { adminSession, rootShell, adminTunnel, handymanSession, handymanTunnel };
using GuestConnections = std::set<GuestConnection>;

/// "admin", "root", "admin-tunnel", "handyman", "handyman-tunnel".
std::vector<std::string> wordsOf(const GuestConnections& connections);
/// std::invalid_argument for a word that is none.
GuestConnections connectionsOf(const std::vector<std::string>& words);

}  // namespace boxtest
