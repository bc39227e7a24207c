#include "keeper/KeeperStatus.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/Error.hpp"
#include "base/JsonPath.hpp"

namespace boxtest {

namespace {

constexpr std::array<std::pair<KeeperState, std::string_view>, 4> names{{{KeeperState::starting, "starting"},
                                                                         {KeeperState::ready, "ready"},
                                                                         {KeeperState::failed, "failed"},
                                                                         {KeeperState::stopping, "stopping"}}};

KeeperState stateOf(std::string_view text) {
    for (const auto& [state, name] : names)
        if (name == text) return state;
    throw TransportError(fmt::format("the keeper reports an unknown state '{}': it is another version of boxtest", text));
}

}  // namespace

std::string_view toString(KeeperState state) {
    for (const auto& [known, name] : names)
        if (known == state) return name;
    return "unknown";
}

nlohmann::json KeeperStatus::toJson() const {
    nlohmann::json value{{"state", toString(state)},
                         {"keeper_pid", keeperPid},
                         {"guest_folder", pathToJson(guestFolder)},
                         {"since", std::chrono::duration_cast<std::chrono::seconds>(since.time_since_epoch()).count()},
                         {"text", text}};
    if (machine) value["machine"] = machine->toJson();
    if (pauses) value["pauses"] = true;
    return value;
}

KeeperStatus KeeperStatus::fromJson(std::string_view text) {
    try {
        const auto value = nlohmann::json::parse(text);
        KeeperStatus status;
        status.state = stateOf(value.at("state").get<std::string>());
        status.keeperPid = value.at("keeper_pid").get<pid_t>();
        status.guestFolder = pathFromJson(value.at("guest_folder"));
        status.since = std::chrono::system_clock::time_point(std::chrono::seconds(value.at("since").get<std::int64_t>()));
        status.text = value.at("text").get<std::string>();
        status.pauses = value.value("pauses", false);
        if (value.contains("machine")) status.machine = MachineInfo::fromJson(value.at("machine"));
        return status;
    } catch (const nlohmann::json::exception& error) {
        throw TransportError(fmt::format("cannot understand the keeper's answer '{}': {}", text.substr(0, 200), error.what()));
    }
}

}  // namespace boxtest
