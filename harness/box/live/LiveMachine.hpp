#pragma once

#include <filesystem>
#include <string>

#include "base/FailureLatch.hpp"
#include "live/BoxNames.hpp"
#include "ssh/Session.hpp"
#include "ssh/SshByConfig.hpp"

namespace boxtest {

/// A machine in use that `boxtest verify` was told of: what another process needs to reach it, without any secret. In a file.
struct LiveMachine {
    std::string host;                        ///< As it was typed.
    std::uint16_t port = 0;                  ///< 0: ssh_config's.
    std::filesystem::path config = {};       ///< In the place of ssh_config's own files; may be empty.
    std::filesystem::path box = {};          ///< Its names.
    std::filesystem::path authority = {};    ///< By which its certificate is judged; empty: those of this host.
    std::filesystem::path handymanKey = {};  ///< Empty: nobody gave it.

    /// Shell text before each command: a shell that has this priority gives it to all it starts. A system without ionice has
    /// renice alone.
    static constexpr auto lowestPriority = "renice -n 19 -p $$ >/dev/null 2>&1; ionice -c 3 -p $$ >/dev/null 2>&1; ";

    /// As a user: the handyman by her key, others by what ssh_config and the agent have. Commands run with the lowest priority of
    /// CPU and disk. Throws as Session::connect().
    Session login(const std::string& user, const std::string& handyman, const FailureLatch* failure = nullptr) const;
    /// The names in `box`, and what else scenarios want to know.
    Manifest manifest() const;

    /// Throws UsageError naming the file.
    static LiveMachine load(const std::filesystem::path& file);
    void save(const std::filesystem::path& file) const;
};

}  // namespace boxtest
