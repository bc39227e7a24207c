#include "cli/UpMachine.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Error.hpp"
#include "base/Folders.hpp"
#include "keeper/NoMachine.hpp"

namespace boxtest {

namespace {

constexpr auto answerBudget = std::chrono::seconds(10);

}  // namespace

std::optional<UpMachine> UpMachine::tryFind(Log& log) {
    auto keeper = KeeperClient::connect(runtimeFolder(), log);
    if (!keeper) return std::nullopt;
    auto status = keeper->status(Deadline::in(answerBudget));
    switch (status.state) {
        case KeeperState::starting:
            throw UsageError(
                fmt::format("the machine is still starting (it waits for {}); `boxtest status` tells when it is ready",
                            status.text.empty() ? "QEMU" : status.text));
        case KeeperState::stopping: throw UsageError("the machine is just being stopped");
        case KeeperState::failed:
            throw GuestError(fmt::format("the machine that is up has failed: {}\n`boxtest up` replaces it", status.text));
        case KeeperState::ready: break;
    }
    if (!status.machine) throw TransportError("the keeper tells of a machine without saying how to reach it");
    auto info = *status.machine;
    auto manifest = Manifest::load(info.guestFolder);
    return UpMachine{std::move(*keeper), std::move(status), std::move(info), std::move(manifest)};
}

UpMachine UpMachine::find(Log& log) {
    auto machine = tryFind(log);
    if (!machine) throw UsageError(describeNoMachine(runtimeFolder()) + "; start one: boxtest up");
    return std::move(*machine);
}

std::string localUrl(const Manifest::WebApplication& application, const MachineInfo& info) {
    // Ends with a slash: otherwise the server would redirect to a URL without the forwarded port.
    return fmt::format("https://localhost:{}{}{}", info.ports.https, application.path,
                       application.path.ends_with('/') ? "" : "/");
}

std::string describeReach(const Manifest& manifest, const MachineInfo& info) {
    const auto& names = manifest.names;
    return fmt::format(
        "  SSH     127.0.0.1:{}      boxtest ssh {}   boxtest ssh {}\n"
        "  SQL     by SSH tunnel       boxtest psql {}   boxtest tunnel {}\n"
        "  Odoo    {}\n"
        "  pgAdmin {}   (logins: boxtest web)\n"
        "  console {}\n",
        info.ports.ssh, names.admin, names.handyman, names.handyman, names.handyman, localUrl(manifest.web.odoo, info),
        localUrl(manifest.web.pgadmin, info), info.console().string());
}

}  // namespace boxtest
