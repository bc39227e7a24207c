#pragma once

#include <chrono>
#include <optional>

#include "base/Log.hpp"
#include "keeper/KeeperClient.hpp"
#include "keeper/KeeperStatus.hpp"
#include "machine/MachineInfo.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

/// How long it may take to log in: with many at once, without KVM, and never as long as a person would think that it hangs.
constexpr auto loginBudget = std::chrono::seconds(80);

/// The machine that is up, as the commands that use it need it.
struct UpMachine {
    KeeperClient keeper;
    KeeperStatus status;
    MachineInfo info;
    Manifest manifest;

    /// Throws UsageError when none is up or it still starts, GuestError when it has failed.
    static UpMachine find(Log& log);
    /// The same, but nothing when none is up.
    static std::optional<UpMachine> tryFind(Log& log);
};

/// An application's address on this host, through the forwarded port: "https://localhost:40443/pgadmin/".
std::string localUrl(const Manifest::WebApplication& application, const MachineInfo& info);

/// How to reach a machine, for a person: the lines that `up` and `status` print.
std::string describeReach(const Manifest& manifest, const MachineInfo& info);

}  // namespace boxtest
