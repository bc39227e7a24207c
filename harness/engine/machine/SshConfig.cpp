#include "machine/SshConfig.hpp"

#include <fmt/format.h>

#include "base/Error.hpp"
#include "machine/SshArguments.hpp"
#include "machine/SshFiles.hpp"

namespace boxtest {

namespace {

/// A file name as one argument: ssh first reads quotes and backslashes, then expands percent signs and ${...}; the last cannot be
/// escaped.
std::string quotedFileName(const std::filesystem::path& file) {
    const auto name = file.string();
    if (name.find("${") != std::string::npos || name.find_first_of("\r\n") != std::string::npos)
        throw UsageError(
            fmt::format("an ssh_config cannot name the file '{}': set XDG_CACHE_HOME to a folder without line breaks "
                        "and '${{' in its path, or use `boxtest ssh`",
                        name));
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (c == '%') quoted += '%';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace

std::string sshConfig(const Guest& guest, const MachineInfo& info, const std::string& user) {
    const auto folder = info.knownHosts().parent_path();
    auto text = fmt::format(
        "Host boxtest-{0}\n"
        "  HostName 127.0.0.1\n"
        "  Port {1}\n"
        "  User {0}\n"
        "  IdentityFile {2}\n",
        user, info.ports.ssh, quotedFileName(folder / putKey(guest.ssh, user, folder)));
    for (const auto& settings : {sshSecurity(guest, quotedFileName(info.knownHosts())), sshDefaults()})
        for (const auto& [name, value] : settings) text += fmt::format("  {} {}\n", name, value);
    return text;
}

}  // namespace boxtest
