#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/FileDescriptor.hpp"

namespace boxtest::testing {

/// A server for the far end of a tunnel. The test's handler function serves each connection in a separate thread.
class StreamServer {
   public:
    using Handler = std::function<void(int)>;

    static StreamServer onUnix(const std::filesystem::path& path, Handler handler);
    static StreamServer onLoopback(Handler handler);
    StreamServer(const StreamServer&) = delete;
    StreamServer& operator=(const StreamServer&) = delete;
    /// Shuts down the connections that are still open.
    ~StreamServer();

    std::uint16_t port() const { return port_; }
    int accepted() const { return accepted_; }

   private:
    StreamServer(FileDescriptor listening, std::uint16_t port, Handler handler);
    void serve();
    FileDescriptor listening_;
    std::uint16_t port_;
    const Handler handler_;
    std::atomic<int> accepted_ = 0;
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// Sends received bytes back until the end of the stream, then shuts down its sending direction.
void echo(int fd);

/// Blocking helpers over a socket. The receiving ones wait at most two minutes for further data, then return what has arrived.
void sendAll(int fd, std::string_view bytes);
std::string receive(int fd, std::size_t size);
std::string receiveAll(int fd);

}  // namespace boxtest::testing
