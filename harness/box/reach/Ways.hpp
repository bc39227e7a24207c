#pragma once

#include <set>
#include <string>
#include <vector>

namespace boxtest {

/// What a scenario may use to reach its guest, and what can be made before it begins.
enum class Way { adminSession, rootShell, adminTunnel, handymanSession, handymanTunnel };
using Ways = std::set<Way>;

/// "admin", "root", "admin-tunnel", "handyman", "handyman-tunnel".
std::vector<std::string> wordsOf(const Ways& ways);
/// std::invalid_argument for a word that is none.
Ways waysOf(const std::vector<std::string>& words);

}  // namespace boxtest
