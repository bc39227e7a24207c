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

/// A Unix socket (0600) on which a keeper is asked things, a line each, answered by a line each, in a thread of its own.
/// A connection may also be sent what announce() says from then on. Connections stay open until the other side closes
/// them or this process ends, so that their end tells that it has.
class ControlServer {
   public:
    struct Reply {
        std::string line;
        bool watches = false;  ///< The connection is sent all announcements from now on.
    };
    /// Answers a line. Called in the server's thread.
    using Answer = std::function<Reply(const std::string& line)>;

    /// `lost` is called once, in the server's thread, when the socket's file is gone or another's: nobody can reach the server
    /// any more. Throws SystemError naming the socket. A socket file that is there already is replaced: the caller holds the lock
    /// that says that nobody serves it.
    ControlServer(std::filesystem::path socket, Answer answer, std::function<void()> lost);
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;
    ~ControlServer();

    /// A line for all watchers. Any thread.
    void announce(const std::string& line);

    /// Calls `ended` (in the server's thread) when the other side of this socket closes it, until dropLeash(). One at a time.
    void holdLeash(int fd, std::function<void()> ended);
    /// When it has returned, `ended` will not be called any more.
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
    /// Given up for a connection when no other descriptor is left: somebody must be able to ask the keeper to end.
    FileDescriptor spare_;
    std::optional<FileIdentity> file_;  ///< empty once it was lost
    std::chrono::steady_clock::time_point touched_ = std::chrono::steady_clock::now();
    Event wake_;
    std::vector<Connection> connections_;
    std::optional<Deadline> deafUntil_;  ///< out of descriptors, the spare one included: nobody is let in

    std::mutex mutex_;
    std::vector<std::string> announcements_;
    int leash_ = -1;
    std::function<void()> leashEnded_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace boxtest
