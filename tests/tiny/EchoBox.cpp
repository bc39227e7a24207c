#include "tiny/EchoBox.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/AtomicFile.hpp"
#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Poll.hpp"
#include "base/ShownWait.hpp"
#include "base/WaitTicker.hpp"
#include "ssh/Session.hpp"
#include "ssh/Tunnel.hpp"
#include "tiny/EchoClient.hpp"

namespace boxtest {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr auto shortestTry = std::chrono::seconds(1);
constexpr auto longestTry = std::chrono::minutes(1);
constexpr auto betweenTries = std::chrono::milliseconds(50);

Session adminOf(const Guest& guest, const MachineInfo& machine, const FailureLatch& failure, Deadline deadline) {
    return Session::connect(machine.sshTarget(guest.ssh), guest.admin, guest.ssh.keyOf(guest.admin), deadline, &failure);
}

}  // namespace

EchoBox::Description EchoBox::Description::load(const fs::path& folder) {
    const auto file = folder / "guest.json";
    try {
        const auto value = json::parse(readWholeFile(file));
        const auto text = [&](const char* name) { return value.at(name).get<std::string>(); };
        if (value.at("schema") != 1) throw UsageError(fmt::format("'{}' has a schema other than 1", file.string()));
        Description description;
        description.echoSocket = text("echo_socket");
        auto& guest = description.guest;
        guest.folder = files::absolute(folder).lexically_normal();
        guest.flavour = text("flavour");
        guest.id = text("id");
        guest.architecture = text("architecture");
        guest.memoryMiB = value.at("memory_mib").get<int>();
        guest.cpus = value.at("cpus").get<int>();
        guest.boot = {.kernel = guest.folder / text("kernel"),
                      .initrd = guest.folder / text("initrd"),
                      .commandLine = text("command_line"),
                      .disk = guest.folder / text("disk"),
                      .diskFormat = text("disk_format")};
        guest.domain = text("domain");
        guest.admin = "root";
        guest.ssh.port = 22;
        guest.ssh.hostKey = text("host_key");
        for (const auto& [user, key] : value.at("keys").items())
            guest.ssh.privateKeys[user] = guest.folder / key.get<std::string>();
        // The guest has no server on these two ports, but the engine forwards them too.
        guest.httpPort = 80;
        guest.httpsPort = 443;
        guest.bannerFile = text("banner_file");
        return description;
    } catch (const json::exception& error) {
        throw UsageError(fmt::format("'{}' describes no echo box: {}", file.string(), error.what()));
    }
}

void EchoBox::waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                             Deadline deadline) const {
    const auto socket = Description::load(guest.folder).echoSocket;
    const WaitTicker ticker(log, "the echo box", std::chrono::steady_clock::now());
    std::string missing = "it was not tried yet";
    std::chrono::steady_clock::duration patience = shortestTry;
    for (;;) {
        failure.check();
        try {
            auto session = adminOf(guest, machine, failure, deadline.within(patience));
            if (session.tryUnixSocket(socket, deadline.within(patience))) return;
            missing = fmt::format("there is no socket '{}'", socket);
        } catch (const HostKeyError& error) {
            throw GuestError(fmt::format("another machine answers: {}", error.what()));
        } catch (const AuthenticationError& error) {
            throw GuestError(fmt::format("the echo box does not let its admin in: {}", error.what()));
        } catch (const TransportError& error) {
            missing = error.what();
        } catch (const TimeoutError& error) {
            missing = error.what();
            // On a busy host, one try may take longer than all tries together take on an idle host.
            patience = std::min<std::chrono::steady_clock::duration>(2 * patience, longestTry);
        }
        if (deadline.expired()) throw TimeoutError(fmt::format("the echo box was not ready in time: {}", missing));
        pauseBetweenTries(betweenTries, deadline, &failure);
    }
}

void EchoBox::warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                     Deadline deadline) const {
    const ShownWait shown(log, "the echo box to send back one text");
    auto session = adminOf(guest, machine, failure, deadline);
    const auto tunnel = Tunnel::toUnixSocket(session, Description::load(guest.folder).echoSocket);
    EchoClient(tunnel.socket()).exchange("warm", deadline);
}

std::vector<std::string> EchoBox::steps() const { return {"reboot"}; }

void EchoBox::carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                       const FailureLatch& failure, Deadline deadline) const {
    if (step != "reboot") throw UsageError(fmt::format("there is no step '{}'", step));
    {
        const ShownWait shown(log, "the echo box to reboot");
        reboot([&] {
            try {
                adminOf(guest, machine, failure, deadline).run("sync; reboot -f");
            } catch (const SessionLost&) {
                // The reboot has already ended the session.
            }
        });
    }
    waitUntilReady(guest, machine, log, failure, deadline);
}

void EchoBox::copyWithoutDisk(const fs::path& folder, const fs::path& to, const std::string& disk) const {
    const auto guest = load(folder);
    files::makeFolder(to);
    files::copyAll(folder / "keys", to / "keys");
    for (const auto& file : {guest.boot.kernel, guest.boot.initrd}) files::copyFile(file, to / file.filename());
    auto value = json::parse(readWholeFile(folder / "guest.json"));
    value["disk"] = disk;
    value["disk_format"] = "qcow2";
    writeFileAtomically(to / "guest.json", value.dump(2) + "\n", 0600);
    writeFileAtomically(to / disk, "", 0600);
}

}  // namespace boxtest
