#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/Deadline.hpp"
#include "base/Event.hpp"
#include "base/FileDescriptor.hpp"
#include "base/LineBuffer.hpp"

namespace boxtest {

/// The server of a keeper on a Unix socket (0600), in its own thread. Each request is one line, answered by one line. A
/// connection can also subscribe to the lines of announce(). Connections stay open until the other side closes them or the server
/// ends, so that the end of a connection shows that the keeper has ended.
class ControlServer {
   public:
    struct Reply {
        std::string line;
        bool watches = false;  ///< The connection receives all announcements from now on.
    };
    /// Returns the answer to a line. Called in the server's thread.
    using Answer = std::function<Reply(const std::string& line)>;

    /// `lost` is called once, in the server's thread, when the socket's file was removed or replaced: clients cannot reach the
    /// server any more. Throws SystemError naming the socket. An existing socket file is replaced: the caller holds the lock,
    /// which proves that no process serves that socket.
    ControlServer(std::filesystem::path socket, Answer answer, std::function<void()> lost);
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ~ControlServer();

    /// Sends a line to all subscribed connections. Thread-safe.
    void announce(const std::string& line);

    /// Calls `ended` (in the server's thread) when the other side of the socket `fd` closes it, until dropLeash(). One socket at
    /// a time.
    void holdLeash(int fd, std::function<void()> ended);
    /// After the return `ended` is not called any more.
    void dropLeash();

   private:
    struct Connection {
        FileDescriptor fd;
        LineBuffer received;
        bool watching = false;
    };

    struct FileIdentity {
        dev_t device;
        ino_t number;
        bool operator==(const FileIdentity&) const = default;
    };

    static std::optional<FileIdentity> identityOf(const std::filesystem::path& file);
    void serve() noexcept;
    void serveOnce();
    void accept();
    bool read(Connection& connection);
    bool send(const Connection& connection, const std::string& line) const;
    void sendAnnouncements();
    void checkLeash();
    void checkFile();

    std::filesystem::path socket_;
    Answer answer_;
    std::function<void()> lost_;
    FileDescriptor listener_;
    /// A reserve descriptor, closed to accept a connection when no other descriptor is left: a client must be able to ask the
    /// keeper to end.
    FileDescriptor spare_;
    std::optional<FileIdentity> file_;  ///< empty after `lost` was called
    std::chrono::steady_clock::time_point touched_ = std::chrono::steady_clock::now();
    Event wake_;
    std::vector<Connection> connections_;
    std::optional<Deadline> deafUntil_;  ///< out of descriptors, including spare_: accepts no connection until then

    std::mutex mutex_;
    std::vector<std::string> announcements_;
    int leash_ = -1;
    std::function<void()> leashEnded_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace boxtest
