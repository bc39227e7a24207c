#pragma once

#include <filesystem>
#include <string>

#include "guest/Guest.hpp"

namespace boxtest {

/// Copies the user's private key into a folder, with mode 0600: OpenSSH's programs refuse a key that other users can read, as is
/// the case in a Nix store. Returns the name of the file in the folder; it has no character that OpenSSH interprets. Throws
/// UsageError when the guest has no key for the user, SystemError.
std::string putKey(const Guest::Ssh& ssh, const std::string& user, const std::filesystem::path& folder);

}  // namespace boxtest
