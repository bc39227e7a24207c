#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "machine/MachineInfo.hpp"

namespace boxtest {

enum class KeeperState {
    starting,  ///< The guest boots.
    ready,
    failed,  ///< The guest or QEMU died after the machine was ready. QEMU is gone; the keeper only reports it.
    stopping,
};

std::string_view toString(KeeperState state);

/// The status of the keeper's machine, as the keeper sends it.
struct KeeperStatus {
    KeeperState state = KeeperState::starting;
    pid_t keeperPid = 0;
    std::filesystem::path guestFolder;
    std::chrono::system_clock::time_point since;  ///< The start of the keeper.
    std::string text;                    ///< starting: the current wait; ready: what is wrong after a reboot; failed: the reason.
    std::optional<MachineInfo> machine;  ///< Set once QEMU has started.
    bool pauses = false;                 ///< The keeper is a run that pauses at a failure: its process outlives the machine.

    nlohmann::json toJson() const;
    /// Throws TransportError for a text that toJson() cannot have created.
    static KeeperStatus fromJson(std::string_view text);
};

}  // namespace boxtest
