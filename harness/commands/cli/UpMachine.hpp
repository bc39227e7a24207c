#pragma once

#include <chrono>
#include <optional>

#include "base/Log.hpp"
#include "keeper/KeeperClient.hpp"
#include "keeper/KeeperStatus.hpp"
#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// Maximum duration of a login: enough for many parallel logins without KVM, but short enough that the user does not assume a
/// hang.
constexpr auto loginBudget = std::chrono::seconds(80);

/// The machine that is up, for the commands that use it.
struct UpMachine {
    KeeperClient keeper;
    KeeperStatus status;
    MachineInfo info;
    Manifest manifest;

    /// Throws UsageError when no machine is up, or it is still starting or being stopped, GuestError when it has failed.
    static UpMachine find(Log& log);
    /// As find(), but returns nullopt when no machine is up.
    static std::optional<UpMachine> tryFind(Log& log);
};

/// An application's address on this host, through the forwarded port: "https://localhost:40443/pgadmin/".
std::string localUrl(const Manifest::WebApplication& application, const MachineInfo& info);

/// How to reach a machine, as text for the user: the lines that `up` and `status` print.
std::string describeReach(const Manifest& manifest, const MachineInfo& info);

}  // namespace boxtest
