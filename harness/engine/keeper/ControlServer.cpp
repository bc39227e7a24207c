#include "keeper/ControlServer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/UnixListener.hpp"

namespace boxtest {

namespace {

constexpr std::size_t longestLine = 65536;
constexpr std::chrono::milliseconds fileInterval{1000};
constexpr std::chrono::milliseconds deafInterval{100};
constexpr auto touchInterval = std::chrono::hours(1);

FileDescriptor listenInPlaceOf(const std::filesystem::path& socket) {
    if (::unlink(socket.c_str()) != 0 && errno != ENOENT)
        throw SystemError(fmt::format("cannot listen on socket '{}'", socket.string()), errno);
    return listenUnix(socket, 16);
}

FileDescriptor openSpare() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

ControlServer::ControlServer(std::filesystem::path socket, Answer answer, std::function<void()> lost)
    : socket_(std::move(socket)),
      answer_(std::move(answer)),
      lost_(std::move(lost)),
      listener_(listenInPlaceOf(socket_)),
      spare_(openSpare()),
      file_(identityOf(socket_)) {
    thread_ = std::thread([this] { serve(); });
}

ControlServer::~ControlServer() {
    {
        std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.set();
    thread_.join();
    // The path may hold the socket of another server by now.
    if (!file_ || identityOf(socket_) != file_) return;
    if (::unlink(socket_.c_str()) != 0 && errno != ENOENT) std::fprintf(stderr, "boxtest: cannot remove '%s'\n", socket_.c_str());
}

void ControlServer::announce(const std::string& line) {
    {
        std::lock_guard lock(mutex_);
        announcements_.push_back(line);
    }
    wake_.set();
}

void ControlServer::holdLeash(int fd, std::function<void()> ended) {
    {
        std::lock_guard lock(mutex_);
        leash_ = fd;
        leashEnded_ = std::move(ended);
    }
    wake_.set();
}

void ControlServer::dropLeash() {
    std::lock_guard lock(mutex_);
    leash_ = -1;
}

void ControlServer::serve() noexcept {
    for (;;) {
        try {
            {
                std::lock_guard lock(mutex_);
                if (stop_) return;
            }
            serveOnce();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "boxtest: the keeper's socket '%s' is served no longer: %s\n", socket_.c_str(), error.what());
            return;
        }
    }
}

void ControlServer::serveOnce() {
    std::vector<pollfd> waiting{{wake_.fd(), POLLIN, 0}, {deafUntil_ ? -1 : listener_.get(), POLLIN, 0}, {-1, POLLIN, 0}};
    {
        std::lock_guard lock(mutex_);
        waiting[2].fd = leash_;
    }
    for (const auto& connection : connections_) waiting.push_back({connection.fd.get(), POLLIN, 0});
    poll(waiting, Deadline::in(deafUntil_ ? deafInterval : fileInterval));
    if (deafUntil_ && deafUntil_->expired()) deafUntil_.reset();

    checkFile();
    if (waiting[0].revents != 0) wake_.clear();
    if (waiting[2].revents != 0) checkLeash();
    std::vector<Connection> open;
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (waiting[3 + i].revents == 0 || read(connections_[i])) open.push_back(std::move(connections_[i]));
    connections_ = std::move(open);
    if (waiting[1].revents != 0) accept();
    sendAnnouncements();
}

std::optional<ControlServer::FileIdentity> ControlServer::identityOf(const std::filesystem::path& file) {
    struct stat found {};
    if (::lstat(file.c_str(), &found) != 0) return std::nullopt;
    return FileIdentity{found.st_dev, found.st_ino};
}

void ControlServer::checkFile() {
    if (!file_) return;
    if (identityOf(socket_) != file_) {
        file_.reset();
        return lost_();
    }
    // Cleaners of /tmp remove files that have not been used for days.
    const auto now = std::chrono::steady_clock::now();
    if (now - touched_ < touchInterval) return;
    touched_ = now;
    ::utimensat(AT_FDCWD, socket_.c_str(), nullptr, 0);
}

void ControlServer::accept() {
    const auto next = [this] { return ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK); };
    if (!spare_) spare_ = openSpare();
    FileDescriptor fd(next());
    if (!fd && (errno == EMFILE || errno == ENFILE) && spare_) {
        spare_.reset();
        fd = FileDescriptor(next());
    }
    if (fd) connections_.push_back({std::move(fd), LineBuffer(longestLine), false});
    // poll() would report the waiting connection again and again: a retry after a pause is enough until a descriptor is free.
    else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        deafUntil_ = Deadline::in(deafInterval);
}

bool ControlServer::read(Connection& connection) {
    std::array<char, 4096> buffer{};
    const auto got = ::recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    connection.received.add({buffer.data(), static_cast<std::size_t>(got)});
    while (const auto line = connection.received.next()) {
        const auto reply = answer_(*line);
        // This thread also sends the announcements: the connection misses none that comes after the answer.
        if (reply.watches) connection.watching = true;
        if (!send(connection, reply.line)) return false;
    }
    return !connection.received.isTooLong();
}

bool ControlServer::send(const Connection& connection, const std::string& line) const {
    const auto text = line + "\n";
    // A connection with a full buffer is closed: its reader counts as gone.
    return ::send(connection.fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
           static_cast<ssize_t>(text.size());
}

void ControlServer::sendAnnouncements() {
    std::vector<std::string> lines;
    {
        std::lock_guard lock(mutex_);
        lines.swap(announcements_);
    }
    for (const auto& line : lines)
        std::erase_if(connections_, [&](const Connection& connection) { return connection.watching && !send(connection, line); });
}

void ControlServer::checkLeash() {
    std::lock_guard lock(mutex_);
    if (leash_ < 0) return;
    char byte = 0;
    const auto got = ::recv(leash_, &byte, 1, MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return;
    leash_ = -1;
    leashEnded_();
}

}  // namespace boxtest
