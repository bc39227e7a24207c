#include "live/LiveMachine.hpp"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/JsonPath.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {

namespace {

constexpr auto loginTime = std::chrono::minutes(2);

}  // namespace

Session LiveMachine::login(const std::string& user, const std::string& handyman, const FailureLatch* failure) const {
    const bool isHandyman = !user.empty() && user == handyman;
    if (isHandyman && handymanKey.empty()) throw UsageError(fmt::format("the key of {} is missing: --handyman-key FILE", user));
    return Session::connect(SshByConfig{.host = host,
                                        .user = user,
                                        .port = port,
                                        .config = config,
                                        .identity = isHandyman ? handymanKey : std::filesystem::path(),
                                        .before = lowestPriority},
                            Deadline::in(loginTime), failure);
}

Manifest LiveMachine::manifest() const {
    auto manifest = BoxNames::load(box).manifest();
    manifest.web.caCertificate = authority.empty() ? std::filesystem::path(systemAuthorities) : authority;
    return manifest;
}

LiveMachine LiveMachine::load(const std::filesystem::path& file) {
    const auto text = readWholeFile(file);
    try {
        const auto value = nlohmann::json::parse(text);
        LiveMachine machine{.host = value.at("host").get<std::string>(), .port = value.at("port").get<std::uint16_t>()};
        machine.config = pathFromJson(value.at("config"));
        machine.box = pathFromJson(value.at("box"));
        machine.authority = pathFromJson(value.at("authority"));
        machine.handymanKey = pathFromJson(value.at("handyman_key"));
        return machine;
    } catch (const nlohmann::json::exception& error) {
        throw UsageError(fmt::format("'{}' does not describe a machine in use: {}", file.string(), error.what()));
    }
}

void LiveMachine::save(const std::filesystem::path& file) const {
    const nlohmann::json value{{"host", host},
                               {"port", port},
                               {"config", pathToJson(config)},
                               {"box", pathToJson(box)},
                               {"authority", pathToJson(authority)},
                               {"handyman_key", pathToJson(handymanKey)}};
    writeFileAtomically(file, value.dump(2) + "\n", 0600);
}

}  // namespace boxtest
