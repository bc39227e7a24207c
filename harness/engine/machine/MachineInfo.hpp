#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "guest/Guest.hpp"
#include "ssh/SshTarget.hpp"
#include "vm/Ports.hpp"

namespace boxtest {

/// What another process needs to reach a running machine; stored as machine.json in the machine's folder.
struct MachineInfo {
    std::filesystem::path guestFolder;
    std::filesystem::path folder;  ///< The machine's own: console.log, known_hosts, ...
    Ports ports;
    pid_t qemuPid = 0;
    std::string accelerator;  ///< "kvm" or "tcg"
    std::chrono::system_clock::time_point started;
    std::string token = {};           ///< Token in the banner of its SSH server; empty: none.
    std::string templateKey = {};     ///< Key of the template that it was forked from; empty: it was booted.
    std::filesystem::path kept = {};  ///< Folder of the kept machine that it was resumed from; empty: none.

    /// The address of its SSH server, with the host key and the token that identify this machine.
    SshTarget sshTarget(const Guest::Ssh& ssh) const;

    /// Throws UsageError naming the file for anything that save() did not write, SystemError when it cannot be read.
    static MachineInfo load(const std::filesystem::path& file);
    static MachineInfo fromJson(const nlohmann::json& value);
    nlohmann::json toJson() const;

    /// Written atomically, with mode 0600.
    void save(const std::filesystem::path& file) const;

    std::filesystem::path file() const { return folder / "machine.json"; }
    std::filesystem::path console() const { return folder / "console.log"; }
    /// For OpenSSH: the guest's host key under its domain.
    std::filesystem::path knownHosts() const { return folder / "known_hosts"; }
};

}  // namespace boxtest
