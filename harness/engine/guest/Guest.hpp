#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace boxtest {

/// What code that runs a guest must know about it: its files, its size, and how to log in. Created by GuestHooks::load().
/// Describes nothing in the guest except an SSH server, two ports and QEMU's guest agent. Plain data; every file name is
/// absolute.
struct Guest {
    struct Boot {
        std::filesystem::path kernel;
        std::filesystem::path initrd;
        std::string commandLine;  ///< Its last console= is the first serial port.
        std::filesystem::path disk;
        std::string diskFormat;  ///< "raw" or "qcow2"
    };

    struct Ssh {
        std::uint16_t port = 0;
        std::string hostKey;  ///< "ssh-ed25519 AAAA..."
        std::map<std::string, std::filesystem::path> privateKeys;

        /// Throws UsageError, which names the users that have a key, when `user` has none.
        const std::filesystem::path& keyOf(const std::string& user) const;
    };

    std::filesystem::path folder;
    std::string flavour;  ///< What built the guest, for messages.
    std::string id;       ///< Hash of everything that went into the guest.
    std::string architecture;
    int memoryMiB = 0;
    int cpus = 0;
    Boot boot;
    std::string domain;  ///< The name under which its host key is recorded in known_hosts.
    std::string admin;   ///< A user with an SSH key and unlimited rights through sudo.
    Ssh ssh;
    std::uint16_t httpPort = 0;
    std::uint16_t httpsPort = 0;
    /// A file on a memory file system of the guest; its SSH server sends the content of the file before a login.
    std::string bannerFile;
};

}  // namespace boxtest
