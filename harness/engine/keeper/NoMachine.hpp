#pragma once

#include <filesystem>
#include <string>

namespace boxtest {

/// The message "no machine is up (looked in '/run/user/0/boxtest')", with the place of another machine of this user that is up,
/// if there is one: another session may have another XDG_RUNTIME_DIR. `listening` is the kernel's list of Unix sockets
/// (proc_net(5)).
std::string describeNoMachine(const std::filesystem::path& runtimeFolder,
                              const std::filesystem::path& listening = "/proc/net/unix");

}  // namespace boxtest
