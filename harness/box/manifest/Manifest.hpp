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

/// What whoever built a guest says about it: guest.json, as docs/guest.schema.json defines it. Plain data; every file name is
/// absolute and was there when the manifest was loaded.
struct Manifest {
    /// From a guest's folder or its guest.json. Throws UsageError naming the file, the JSON pointer of the key, what was
    /// expected and what was found: for text that is not JSON, for missing, mistyped and unknown keys, for missing files.
    static Manifest load(const std::filesystem::path& folderOrFile);

    using Boot = Guest::Boot;
    using Ssh = Guest::Ssh;

    /// A PostgreSQL role's name is its OS user's name.
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
        std::uint16_t port = 0;  ///< Only names the socket: nothing listens on it.
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

        /// Read from the file each time, without the newline at its end. Throws SystemError, or UsageError when it is empty
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

    /// Of Odoo's database and file store. Each unit but `restore` has a timer of its name.
    struct Backup {
        std::string directory;  ///< One folder each: hot-20261122T013000Z, cold-...
        std::string hot;        ///< Odoo serves meanwhile.
        std::string cold;       ///< Odoo is stopped meanwhile.
        std::string restore;    ///< A template: "odoo-box-restore@.service".
        int keep = 0;           ///< How many hot backups are kept.

        /// The unit that restores this backup: a name, or "latest".
        std::string restoreOf(const std::string& name) const;
    };

    std::filesystem::path folder;
    std::string flavour;  ///< "debian" or "nixos"
    std::string shape;    ///< "nixos" where a guest of another flavour has its programs as on NixOS, else empty.
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

    /// What the engine needs of it.
    Guest guest() const;
};

}  // namespace boxtest
