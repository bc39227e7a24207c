#include "schedule/PauseKeeper.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/BackgroundThread.hpp"
#include "base/Error.hpp"
#include "base/Event.hpp"
#include "base/Folders.hpp"
#include "base/Poll.hpp"
#include "base/ShellQuote.hpp"
#include "keeper/Keeper.hpp"
#include "keeper/ToldMachine.hpp"
#include "machine/MachineInfo.hpp"
#include "machine/SshArguments.hpp"
#include "manifest/Manifest.hpp"

namespace boxtest {

namespace {

std::string byHand(const MachineInfo& info) {
    const auto manifest = Manifest::load(info.guestFolder);
    const auto start = sshArguments(manifest.guest(), info, manifest.names.admin, {});
    return "  cd " + shellQuote(start.folder.string()) + " && " + shellQuote(start.argv);
}

/// Whether the user has ended a line (Enter). The end of the input does not count: no user is present.
bool readsEnter(int fd, bool& open) {
    std::array<char, 256> buffer{};
    const auto got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return false;
    if (got <= 0) open = false;
    return got > 0 && std::string_view(buffer.data(), static_cast<std::size_t>(got)).find('\n') != std::string_view::npos;
}

}  // namespace

void PauseKeeper::wait(const std::string& scenario, const std::string& machine) {
    const auto info = MachineInfo::fromJson(nlohmann::json::parse(machine));
    NullLog quiet;
    Event over;
    std::optional<Keeper> keeper;
    try {
        keeper.emplace(makeRuntimeFolder(), info.guestFolder, Keeper::Life::goesOn);
        log_.line(
            fmt::format("{} has failed; its machine runs on: boxtest ssh, psql, tunnel, web, logs and status work on it.\n"
                        "Enter or `boxtest down` ends it and goes on with the next scenario, Ctrl-C ends the run.",
                        scenario));
    } catch (const KeeperBusy&) {
        log_.line(
            fmt::format("{} has failed; its machine runs on, beside the one that is up:\n{}\n"
                        "Enter ends it and goes on with the next scenario, Ctrl-C ends the run.",
                        scenario, byHand(info)));
    }
    BackgroundThread kept;
    if (keeper)
        kept = BackgroundThread([&] {
            keeper->keep([&](Log&, FailureLatch&, const Keeper::Booting&) { return std::make_unique<ToldMachine>(info); }, quiet,
                         [] {});
            over.set();
        });
    try {
        bool open = true;
        for (;;) {
            std::array<pollfd, 2> waiting{{{open ? STDIN_FILENO : -1, POLLIN, 0}, {over.fd(), POLLIN, 0}}};
            poll(waiting, Deadline::never(), &failure_);
            if (waiting[1].revents != 0 || (waiting[0].revents != 0 && readsEnter(STDIN_FILENO, open))) break;
        }
    } catch (...) {
        if (keeper) keeper->end("the run is over");
        throw;
    }
    if (keeper) keeper->end("the pause is over");
}

}  // namespace boxtest
