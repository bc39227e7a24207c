#pragma once

#include <filesystem>
#include <string>

#include "base/FailureLatch.hpp"
#include "live/BoxNames.hpp"
#include "ssh/Session.hpp"
#include "ssh/SshByConfig.hpp"

namespace boxtest {

/// The machine in use that `boxtest verify` tests: what another process needs to reach it, without any secret. Stored in a file.
struct LiveMachine {
    std::string host;                        ///< As the user typed it.
    std::uint16_t port = 0;                  ///< 0: as in ssh_config.
    std::filesystem::path config = {};       ///< Replaces the default ssh_config files; may be empty.
    std::filesystem::path box = {};          ///< The file with its names (BoxNames).
    std::filesystem::path authority = {};    ///< CA file for its certificate; empty: the CAs of this host.
    std::filesystem::path handymanKey = {};  ///< Empty: not given.

    /// Shell text before each command: it sets the lowest priority of the shell, and all child processes inherit it. On a system
    /// without ionice only renice takes effect.
    static constexpr auto lowestPriority = "renice -n 19 -p $$ >/dev/null 2>&1; ionice -c 3 -p $$ >/dev/null 2>&1; ";

    /// Logs in as a user: as the handyman with `handymanKey`, as others with what ssh_config and the SSH agent provide. Commands
    /// run with the lowest CPU and disk priority. Throws as Session::connect().
    Session login(const std::string& user, const std::string& handyman, const FailureLatch* failure = nullptr) const;
    /// The names in `box`, and the other facts that scenarios need.
    Manifest manifest() const;

    /// Throws UsageError naming the file.
    static LiveMachine load(const std::filesystem::path& file);
    void save(const std::filesystem::path& file) const;
};

}  // namespace boxtest
