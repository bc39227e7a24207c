#pragma once

#include <filesystem>
#include <string>

#include "guest/Manifest.hpp"

namespace boxtest {

/// The user's private key as a file that OpenSSH's client takes: it refuses one that others may read, as they may in a Nix store.
/// Then a copy in runtimeFolder(), 0600. Throws UsageError when the guest has no key for the user, SystemError.
std::filesystem::path closedKey(const Manifest& manifest, const std::string& user);

}  // namespace boxtest
