#include "keeper/Keeper.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/Poll.hpp"

namespace boxtest {

namespace {

FileDescriptor takeLock(const std::filesystem::path& file) {
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) throw SystemError(fmt::format("cannot open '{}'", file.string()), errno);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) throw SystemError(fmt::format("cannot lock '{}'", file.string()), errno);
    throw KeeperBusy("another `boxtest up` keeps a machine already, or is starting one: see `boxtest status`");
}

}  // namespace

/// Stores the current wait as the text of the status, and forwards everything to the next log.
class Keeper::StatusLog final : public Log {
   public:
    StatusLog(Keeper& keeper, Log& next) : keeper_(keeper), next_(next) {}
    void line(std::string_view text) override { next_.line(text); }
    void waiting(std::string_view what, std::chrono::steady_clock::duration sofar) override {
        {
            std::lock_guard lock(keeper_.mutex_);
            keeper_.status_.text = what;
        }
        next_.waiting(what, sofar);
    }

   private:
    Keeper& keeper_;
    Log& next_;
};

Keeper::Keeper(const std::filesystem::path& runtimeFolder, std::filesystem::path guestFolder, Life life)
    : lock_(takeLock(lockIn(runtimeFolder))),
      status_{.state = KeeperState::starting,
              .keeperPid = ::getpid(),
              .guestFolder = std::move(guestFolder),
              .since = std::chrono::system_clock::now(),
              .text = {},
              .machine = {},
              .pauses = life == Life::goesOn},
      server_(
          socketIn(runtimeFolder), [this](const std::string& line) { return answer(line); },
          [this, socket = socketIn(runtimeFolder)] {
              end(fmt::format("its socket '{}' is gone: nobody could reach the machine any more", socket.string()));
          }) {}

void Keeper::keep(const Boot& boot, Log& log, const std::function<void()>& ready) {
    StatusLog statusLog(*this, log);
    std::unique_ptr<OwnedMachine> machine;
    try {
        machine = boot(statusLog, machineFailure_, [this](const MachineInfo& info) {
            const std::lock_guard lock(mutex_);
            status_.machine = info;
        });
    } catch (const Error&) {
        server_.dropLeash();
        if (endReason()) return;
        throw;
    }
    server_.dropLeash();
    change(KeeperState::ready, "", machine->info());
    ready();
    while (!machineFailure_.reason()) attendReboot(*machine, statusLog);
    if (!endReason()) {
        const auto reason = machineFailure_.reason().value_or("");
        log.line("the machine has failed: " + reason);
        change(KeeperState::failed, reason, machine->info());
        machine->giveUp();
        pollfd ended{ending_.fd(), POLLIN, 0};
        poll({&ended, 1}, Deadline::never());
    }
    change(KeeperState::stopping, endReason().value_or(""), machine->info());
    log.line("stopping: " + endReason().value_or(""));
}

void Keeper::OwnedMachine::waitForReboot(const FailureLatch& failure) {
    pollfd declared{failure.fd(), POLLIN, 0};
    poll({&declared, 1}, Deadline::never());
    failure.check();
}

void Keeper::attendReboot(OwnedMachine& machine, Log& log) noexcept {
    try {
        machine.waitForReboot(machineFailure_);
        log.line("the guest reboots");
        change(KeeperState::starting, "the guest, which reboots", machine.info());
        std::string notReady;
        try {
            machine.comeBack(log, machineFailure_);
        } catch (const Error& error) {
            machineFailure_.check();
            notReady = fmt::format("after a reboot the guest is not ready: {}", error.what());
        }
        log.line(notReady.empty() ? "the guest is ready again" : notReady);
        change(KeeperState::ready, notReady, machine.info());
    } catch (const std::exception& error) {
        // If the latch is declared already, its first reason stays.
        machineFailure_.declare(error.what());
    }
}

void Keeper::end(const std::string& reason) noexcept {
    ending_.declare(reason);
    machineFailure_.declare(reason);
}

void Keeper::holdLeash(int fd) {
    server_.holdLeash(fd, [this] { end("whoever ran `boxtest up` has gone before the guest was ready"); });
}

KeeperStatus Keeper::status() const {
    std::lock_guard lock(mutex_);
    return status_;
}

void Keeper::change(KeeperState state, const std::string& text, const std::optional<MachineInfo>& machine) {
    std::string line;
    {
        std::lock_guard lock(mutex_);
        status_.state = state;
        status_.text = text;
        status_.machine = machine;
        line = status_.toJson().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    server_.announce(line);
}

ControlServer::Reply Keeper::answer(const std::string& line) {
    const auto request = nlohmann::json::parse(line, nullptr, false);
    const auto named = request.is_object() ? request.find("command") : request.end();
    const auto command = named != request.end() && named->is_string() ? named->get<std::string>() : std::string();
    if (command == "down") {
        {
            std::lock_guard lock(mutex_);
            status_.state = KeeperState::stopping;
        }
        end("`boxtest down`");
    } else if (command != "status" && command != "watch") {
        return {.line = nlohmann::json{{"error", "unknown command"}}.dump()};
    }
    return {.line = status().toJson().dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
            .watches = command == "watch"};
}

}  // namespace boxtest
