#include "integration/StreamServer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "integration/LoopbackListener.hpp"

namespace boxtest::testing {

namespace {

/// Returns false if neither data nor an end of stream arrives in time, so that the test fails instead of hanging.
bool hasMore(int fd) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return poll({&waiting, 1}, soon());
}

}  // namespace

StreamServer StreamServer::onUnix(const std::filesystem::path& path, Handler handler) {
    return StreamServer(listenOnUnix(path), 0, std::move(handler));
}

StreamServer StreamServer::onLoopback(Handler handler) {
    std::uint16_t port = 0;
    auto listening = listenOnLoopback(port);
    return StreamServer(std::move(listening), port, std::move(handler));
}

StreamServer::StreamServer(FileDescriptor listening, std::uint16_t port, Handler handler)
    : listening_(std::move(listening)), port_(port), handler_(std::move(handler)), acceptor_([this] { serve(); }) {}

StreamServer::~StreamServer() {
    ::shutdown(listening_.get(), SHUT_RDWR);  // ends accept()
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
}

void StreamServer::serve() {
    for (;;) {
        const int fd = ::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        // A test may forbid the process further descriptors for a while, and accept4() reserves one before it waits.
        if (fd < 0 && errno == EMFILE) {
            pauseBetweenTries(std::chrono::milliseconds(10), soon());
            continue;
        }
        if (fd < 0) return;
        ++accepted_;
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        threads_.emplace_back([this, fd] {
            handler_(fd);
            const std::lock_guard closing(mutex_);
            std::erase(open_, fd);
            ::close(fd);
        });
    }
}

void echo(int fd) {
    std::string buffer(65536, '\0');
    for (ssize_t got = 0; (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
        sendAll(fd, {buffer.data(), static_cast<std::size_t>(got)});
    ::shutdown(fd, SHUT_WR);
}

void sendAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string receive(int fd, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size && hasMore(fd)) {
        const auto more = ::recv(fd, bytes.data() + got, size - got, 0);
        if (more <= 0) break;
        got += static_cast<std::size_t>(more);
    }
    bytes.resize(got);
    return bytes;
}

std::string receiveAll(int fd) {
    std::string all;
    std::string buffer(65536, '\0');
    for (ssize_t got = 0; hasMore(fd) && (got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
        all.append(buffer.data(), static_cast<std::size_t>(got));
    return all;
}

}  // namespace boxtest::testing
