#include "machine/MachineInfo.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/JsonPath.hpp"

namespace boxtest {

using nlohmann::json;

MachineInfo MachineInfo::fromJson(const json& value) {
    MachineInfo info;
    info.guestFolder = pathFromJson(value.at("guest_folder"));
    info.folder = pathFromJson(value.at("folder"));
    const auto& ports = value.at("ports");
    info.ports.ssh = ports.at("ssh").get<std::uint16_t>();
    info.ports.http = ports.at("http").get<std::uint16_t>();
    info.ports.https = ports.at("https").get<std::uint16_t>();
    info.qemuPid = value.at("qemu_pid").get<pid_t>();
    info.accelerator = value.at("accelerator").get<std::string>();
    info.started = std::chrono::system_clock::time_point(std::chrono::seconds(value.at("started").get<std::int64_t>()));
    info.token = value.value("token", "");
    info.templateKey = value.value("template", "");
    if (value.contains("kept")) info.kept = pathFromJson(value["kept"]);
    return info;
}

json MachineInfo::toJson() const {
    json value{{"guest_folder", pathToJson(guestFolder)},
               {"folder", pathToJson(folder)},
               {"ports", {{"ssh", ports.ssh}, {"http", ports.http}, {"https", ports.https}}},
               {"qemu_pid", qemuPid},
               {"accelerator", accelerator},
               {"started", std::chrono::duration_cast<std::chrono::seconds>(started.time_since_epoch()).count()}};
    if (!token.empty()) value["token"] = token;
    if (!templateKey.empty()) value["template"] = templateKey;
    if (!kept.empty()) value["kept"] = pathToJson(kept);
    return value;
}

SshTarget MachineInfo::sshTarget(const Guest::Ssh& ssh) const {
    return {.port = ports.ssh, .hostKey = ssh.hostKey, .token = token};
}

MachineInfo MachineInfo::load(const std::filesystem::path& file) {
    const auto text = readWholeFile(file);
    try {
        return fromJson(json::parse(text));
    } catch (const json::exception& error) {
        throw UsageError(fmt::format("'{}' does not describe a machine: {}", file.string(), error.what()));
    }
}

void MachineInfo::save(const std::filesystem::path& file) const { writeFileAtomically(file, toJson().dump(2) + "\n", 0600); }

}  // namespace boxtest
