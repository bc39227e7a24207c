#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/Error.hpp"

namespace boxtest {

/// The address of a Unix socket for connect(2) and bind(2). Throws SystemError (ENAMETOOLONG) when the path does not fit.
class UnixAddress {
   public:
    explicit UnixAddress(const std::filesystem::path& path) {
        const auto text = path.string();
        if (text.size() >= sizeof address_.sun_path) throw SystemError("cannot use '" + text + "' as a socket", ENAMETOOLONG);
        address_.sun_family = AF_UNIX;
        std::memcpy(address_.sun_path, text.c_str(), text.size() + 1);
    }

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
    socklen_t size() const { return sizeof address_; }

   private:
    sockaddr_un address_{};
};

}  // namespace boxtest
