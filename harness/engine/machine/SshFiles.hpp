#pragma once

#include <filesystem>
#include <string>

#include "guest/Guest.hpp"

namespace boxtest {

/// Puts the user's private key into a folder, in a form that OpenSSH's programs take: they refuse a key that others may read, as
/// they may in a Nix store. Returns the file's name there, which has no character that means anything to OpenSSH. Throws
/// UsageError when the guest has no key for the user, SystemError.
std::string putKey(const Guest::Ssh& ssh, const std::string& user, const std::filesystem::path& folder);

}  // namespace boxtest
