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
    failed,  ///< It was ready, and then the guest or QEMU died. QEMU is gone; the keeper only tells of it.
    stopping,
};

std::string_view toString(KeeperState state);

/// The status of the keeper's machine, as the keeper sends it.
struct KeeperStatus {
    KeeperState state = KeeperState::starting;
    pid_t keeperPid = 0;
    std::filesystem::path guestFolder;
    std::chrono::system_clock::time_point since;  ///< The start of the keeper.
    std::string text;                             ///< starting: what is waited for; failed: why.
    std::optional<MachineInfo> machine;           ///< From QEMU's start on.
    bool pauses = false;  ///< The keeper is a run that pauses at a failure: its process outlives the machine.

    nlohmann::json toJson() const;
    /// Throws TransportError for anything that toJson() did not make.
    static KeeperStatus fromJson(std::string_view text);
};

}  // namespace boxtest
