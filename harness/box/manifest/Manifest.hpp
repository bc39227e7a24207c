#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guest/Guest.hpp"

namespace boxtest {

/// A guest's description, written by its builder: guest.json, in the format of docs/guest.schema.json. Plain data; every file
/// name is absolute, and the file existed when the manifest was loaded.
struct Manifest {
    /// Loads a guest's folder or its guest.json. Throws UsageError naming the file, the JSON pointer of the key, what was
    /// expected and what was found: for text that is not JSON, for missing, mistyped and unknown keys, for missing files.
    static Manifest load(const std::filesystem::path& folderOrFile);

    using Boot = Guest::Boot;
    using Ssh = Guest::Ssh;

    /// A PostgreSQL role has the name of its OS user.
    struct Names {
        std::string domain;
        std::string superuser;
        std::string admin;
        std::string odoo;
        std::string pgadmin;
        std::string handymanGroup;
        std::string handyman;
        std::string odooDatabase;
        std::string pgadminDatabase;
    };

    struct Postgresql {
        int major = 0;
        std::string socketDirectory;
        std::uint16_t port = 0;  ///< Part of the socket's name only: no TCP port is open.
        std::string dataDirectory;

        /// "<socketDirectory>/.s.PGSQL.<port>"
        std::string socketPath() const;
    };

    struct Service {
        std::string unit;
        std::string user;
        std::vector<std::string> privatePaths;  ///< Readable by this service's user and root only.
    };

    struct Services {
        Service postgresql;
        Service odoo;
        Service pgadmin;
        Service nginx;

        std::array<std::reference_wrapper<const Service>, 4> all() const;
    };

    struct WebApplication {
        std::string path;  ///< URL path
        std::string login;
        std::filesystem::path passwordFile;
        std::optional<std::filesystem::path> masterPasswordFile;  ///< Odoo only.

        /// Reads the file on each call and removes the newline at its end. Throws SystemError; UsageError when the file is empty
        /// or, for the master password, when the application has none.
        std::string password() const;
        std::string masterPassword() const;
    };

    struct Web {
        std::uint16_t httpPort = 0;
        std::uint16_t httpsPort = 0;
        std::filesystem::path caCertificate;
        WebApplication odoo;
        WebApplication pgadmin;
    };

    /// Backups of Odoo's database and file store. Each unit except `restore` has a timer with its name.
    struct Backup {
        std::string directory;  ///< Parent of one folder per backup: hot-20261122T013000Z, cold-...
        std::string hot;        ///< Unit; Odoo keeps running during the backup.
        std::string cold;       ///< Unit; Odoo is stopped during the backup.
        std::string restore;    ///< Template unit: "odoo-box-restore@.service".
        int keep = 0;           ///< How many hot backups are kept.

        /// The unit that restores a backup; `name` is a backup's name or "latest".
        std::string restoreOf(const std::string& name) const;
    };

    std::filesystem::path folder;
    std::string flavour;  ///< "debian" or "nixos"
    std::string shape;    ///< "nixos" if a guest of another flavour has the program paths of NixOS, else empty.
    std::string id;       ///< Hash of everything that went into the guest.
    std::string architecture;
    int memoryMiB = 0;
    int cpus = 0;
    Boot boot;
    Names names;
    Ssh ssh;
    Postgresql postgresql;
    Services services;
    Web web;
    std::string probe;                ///< Path in the guest of boxtest-probe, which every service's sandbox may execute.
    std::filesystem::path checksums;  ///< Of the guest's programs and configuration, as its builder recorded them.
    Backup backup;
    std::map<std::string, std::string> versions;

    /// The part of the manifest that the engine needs.
    Guest guest() const;
};

}  // namespace boxtest
