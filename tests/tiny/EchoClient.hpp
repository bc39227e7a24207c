#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FileDescriptor.hpp"

namespace boxtest {

/// A connection to a Unix socket on this host, such as a tunnel's local end. Every call throws SystemError or TimeoutError.
class EchoClient {
   public:
    explicit EchoClient(const std::filesystem::path& socket);

    void send(std::string_view bytes, Deadline deadline) const;
    /// Receives `size` bytes; fewer when the other side ends the connection first.
    std::string receive(std::size_t size, Deadline deadline) const;
    /// Shuts down the sending direction: the other side reads an end of file.
    void finish() const;
    /// Sends a text, and returns an equal number of bytes of the answer.
    std::string exchange(std::string_view text, Deadline deadline) const;

   private:
    FileDescriptor socket_;
};

}  // namespace boxtest
