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

/// What another process needs to reach a machine that runs: it lies as machine.json in the machine's folder.
struct MachineInfo {
    std::filesystem::path guestFolder;
    std::filesystem::path folder;  ///< The machine's own: console.log, known_hosts, ...
    Ports ports;
    pid_t qemuPid = 0;
    std::string accelerator;  ///< "kvm" or "tcg"
    std::chrono::system_clock::time_point started;
    std::string token = {};           ///< What its SSH server tells before the login; empty: nothing.
    std::string templateKey = {};     ///< Of the template that it was forked from; empty: it was booted.
    std::filesystem::path kept = {};  ///< The folder of the kept machine that it was resumed from, if it was.

    /// Where its SSH server answers, and by what it is known to be this machine's.
    SshTarget sshTarget(const Guest::Ssh& ssh) const;

    /// Throws UsageError naming the file for anything that save() did not write, SystemError when it cannot be read.
    static MachineInfo load(const std::filesystem::path& file);
    static MachineInfo fromJson(const nlohmann::json& value);
    nlohmann::json toJson() const;

    /// Mode 0600, in one step.
    void save(const std::filesystem::path& file) const;

    std::filesystem::path file() const { return folder / "machine.json"; }
    std::filesystem::path console() const { return folder / "console.log"; }
    /// For OpenSSH: the guest's host key under its domain.
    std::filesystem::path knownHosts() const { return folder / "known_hosts"; }
};

}  // namespace boxtest
