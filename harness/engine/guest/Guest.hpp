#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace boxtest {

/// A guest as whatever runs it must know it: its files, its size, and how to get in. GuestHooks::load() makes it; what runs in
/// the guest beside an SSH server, two ports and QEMU's agent is of no concern here. Plain data; every file name is absolute.
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

        /// Throws UsageError naming the users that have a key.
        const std::filesystem::path& keyOf(const std::string& user) const;
    };

    std::filesystem::path folder;
    std::string flavour;  ///< Who built it, for messages.
    std::string id;       ///< Hash of everything that went into the guest.
    std::string architecture;
    int memoryMiB = 0;
    int cpus = 0;
    Boot boot;
    std::string domain;  ///< The name under which its host key is recorded.
    std::string admin;   ///< The user who has a key, and may do everything through sudo.
    Ssh ssh;
    std::uint16_t httpPort = 0;
    std::uint16_t httpsPort = 0;
    /// A file in the guest, in memory: its SSH server sends what is in it before a login.
    std::string bannerFile;
};

}  // namespace boxtest
