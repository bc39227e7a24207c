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
    /// What comes until `size` bytes are there, or the other side ends: then it is shorter.
    std::string receive(std::size_t size, Deadline deadline) const;
    /// Ends this side's direction.
    void finish() const;
    /// Sends a text, and returns as many bytes of the answer.
    std::string exchange(std::string_view text, Deadline deadline) const;

   private:
    FileDescriptor socket_;
};

}  // namespace boxtest
