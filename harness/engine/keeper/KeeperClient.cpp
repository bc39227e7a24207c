#include "keeper/KeeperClient.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/Error.hpp"
#include "base/Pidfd.hpp"
#include "base/Poll.hpp"
#include "base/UnixAddress.hpp"
#include "keeper/Keeper.hpp"

namespace boxtest {

namespace {

/// Removes the socket of a keeper that has ended; the free lock proves that it has.
void removeStaleSocket(const std::filesystem::path& runtimeFolder, Log& log) {
    FileDescriptor lock(::open(Keeper::lockIn(runtimeFolder).c_str(), O_RDWR | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return;
    if (::unlink(Keeper::socketIn(runtimeFolder).c_str()) == 0)
        log.line("the keeper of the last machine was killed; cleaned up after it");
}

/// Empty when the keeper has ended. While the connection is open the keeper lives, and the pid is its own: so the connection is
/// checked after the pid was used.
FileDescriptor keeperBehind(const FileDescriptor& connection, pid_t pid) {
    auto keeper = openPidfd(pid);
    char byte = 0;
    if (::recv(connection.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) keeper.reset();
    return keeper;
}

}  // namespace

KeeperClient::KeeperClient(FileDescriptor socket, pid_t keeperPid)
    : socket_(std::move(socket)), keeper_(keeperBehind(socket_, keeperPid)), keeperPid_(keeperPid) {}

std::optional<KeeperClient> KeeperClient::connect(const std::filesystem::path& runtimeFolder, Log& log) {
    const auto path = Keeper::socketIn(runtimeFolder);
    const auto attempted = fmt::format("cannot connect to socket '{}'", path.string());
    const UnixAddress address(path);
    FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw SystemError(attempted, errno);
    if (::connect(socket.get(), address.get(), address.size()) != 0) {
        if (errno != ENOENT && errno != ECONNREFUSED) throw SystemError(attempted, errno);
        if (errno == ECONNREFUSED) removeStaleSocket(runtimeFolder, log);
        return std::nullopt;
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) throw SystemError(attempted, errno);
    return KeeperClient(std::move(socket), peer.pid);
}

KeeperStatus KeeperClient::status(Deadline deadline) {
    ask("status", deadline);
    return nextChange(deadline);
}

KeeperStatus KeeperClient::watch(Deadline deadline) {
    ask("watch", deadline);
    return nextChange(deadline);
}

KeeperStatus KeeperClient::nextChange(Deadline deadline, const FailureLatch* failure) {
    return KeeperStatus::fromJson(readLine(deadline, failure));
}

KeeperClient::Ended KeeperClient::down(Deadline deadline, const FailureLatch* failure) {
    bool pauses = false;
    try {
        ask("down", deadline);
        pauses = nextChange(deadline, failure).pauses;
    } catch (const TransportError&) {
        // The keeper has ended already, or is about to.
    } catch (const TimeoutError&) {
        // The keeper does not answer: it is killed below.
    }
    if (pauses) {
        waitForPausesEnd(deadline, failure);
        return Ended::pause;
    }
    if (!keeper_) return Ended::machine;
    pollfd ended{keeper_.get(), POLLIN, 0};
    if (poll({&ended, 1}, deadline, failure)) return Ended::machine;
    ::syscall(SYS_pidfd_send_signal, keeper_.get(), SIGKILL, nullptr, 0);
    waitFor(keeper_.get(), POLLIN, Deadline::in(std::chrono::seconds(10)),
            fmt::format("the end of the keeper (process {})", keeperPid_), failure);
    return Ended::machine;
}

void KeeperClient::waitForPausesEnd(Deadline deadline, const FailureLatch* failure) {
    try {
        // The connection ends with the pause; the process does not.
        for (;;) readLine(deadline, failure);
    } catch (const TransportError&) {
    } catch (const TimeoutError&) {
        throw TimeoutError(fmt::format("the paused run (process {}) does not continue", keeperPid_));
    }
}

void KeeperClient::ask(const std::string& command, Deadline deadline) {
    const auto line = "{\"command\":\"" + command + "\"}\n";
    waitFor(socket_.get(), POLLOUT, deadline, "the keeper to listen");
    if (::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
        throw TransportError(fmt::format("cannot ask the keeper (process {}): it is gone", keeperPid_));
}

std::string KeeperClient::readLine(Deadline deadline, const FailureLatch* failure) {
    for (;;) {
        if (auto line = received_.next()) return *std::move(line);
        if (received_.isTooLong())
            throw TransportError(fmt::format("the keeper (process {}) sends a line without an end", keeperPid_));
        waitFor(socket_.get(), POLLIN, deadline, "the keeper's answer", failure);
        std::array<char, 65536> buffer{};
        const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) throw TransportError(fmt::format("the keeper (process {}) is gone", keeperPid_));
        received_.add({buffer.data(), static_cast<std::size_t>(got)});
    }
}

}  // namespace boxtest
