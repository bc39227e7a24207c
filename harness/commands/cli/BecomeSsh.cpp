#include "cli/BecomeSsh.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Surroundings.hpp"
#include "cli/BecomeProgram.hpp"

namespace boxtest {

std::string adviceForNamelessUser() {
    if (::getpwuid(::getuid())) return {};
    return fmt::format("add one: echo 'user:x:{}:{}::{}:/bin/sh' >>/etc/passwd (as root)", ::getuid(), ::getgid(),
                       std::getenv("HOME") ? std::getenv("HOME") : "/tmp");
}

void becomeSsh(const Manifest& manifest, const MachineInfo& info, const std::string& user,
               const std::vector<std::string>& command, const std::vector<std::string>& options, SshStyle style) {
    if (const auto advice = adviceForNamelessUser(); !advice.empty())
        throw UsageError(fmt::format("OpenSSH's client does not run for user number {}, which has no entry in /etc/passwd; {}",
                                     ::getuid(), advice));
    // The program's own path may contain characters that the shell or ssh interprets, so it is passed in a variable.
    std::vector<std::string> all{"-o", fmt::format("ProxyCommand=\"$BOXTEST_SELF\" connect {}", info.ports.ssh), "-o",
                                 "ProxyUseFdpass=yes"};
    all.insert(all.end(), options.begin(), options.end());
    style.prefix = "${BOXTEST_MACHINE}/";
    const auto start = sshArguments(manifest.guest(), info, user, command, all, style);
    ::setenv("BOXTEST_MACHINE", start.folder.c_str(), 1);
    ::setenv("BOXTEST_SELF", files::linkTarget("/proc/self/exe").c_str(), 1);
    // The user's login shell may not support this syntax.
    ::setenv("SHELL", "/bin/sh", 1);
    // ssh's ProxyCommand runs in a shell, which would complain that the working directory was removed.
    leaveRemovedFolder();
    becomeProgram(start.argv);
}

}  // namespace boxtest
