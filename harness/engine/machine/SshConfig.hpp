#pragma once

#include <string>

#include "guest/Guest.hpp"
#include "machine/MachineInfo.hpp"

namespace boxtest {

/// A block of ssh_config(5) for the host "boxtest-USER": the machine, to which a client logs in as this user. The client checks
/// the guest's host key and uses only the user's private key. Throws UsageError when the guest has no key for the user, or when
/// the path of the machine's folder cannot be written in this format; SystemError.
std::string sshConfig(const Guest& guest, const MachineInfo& info, const std::string& user);

}  // namespace boxtest
