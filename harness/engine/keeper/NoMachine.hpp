#pragma once

#include <filesystem>
#include <string>

namespace boxtest {

/// "no machine is up (looked in '/run/user/0/boxtest')", and where a machine of this user is up instead, if one is: another
/// session may have another XDG_RUNTIME_DIR. `listening` is the kernel's list of Unix sockets (proc_net(5)).
std::string describeNoMachine(const std::filesystem::path& runtimeFolder,
                              const std::filesystem::path& listening = "/proc/net/unix");

}  // namespace boxtest
