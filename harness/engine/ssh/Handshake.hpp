#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/LibsshHandles.hpp"
#include "ssh/SshTarget.hpp"

namespace boxtest::ssh {

/// Sets up a session: TCP connection, key exchange, host key check, authentication. Belongs to the thread that will use the
/// session. Call in this order: connect(), then authenticate() or offeredMethods(), then take().
class Handshake {
   public:
    Handshake(const SshTarget& target, std::string user, Deadline deadline, const FailureLatch* failure);

    void connect();
    void authenticate(const std::filesystem::path& privateKey);
    std::vector<std::string> offeredMethods();

    /// The session; it and its socket are non-blocking.
    SessionHandle take() { return std::move(session_); }

   private:
    void checkHostKey();
    void awaitToken() const;
    void checkToken() const;
    std::vector<std::string> methodsLeft() const;
    std::string error() const;
    std::string name() const;
    template <typename Step>
    int drive(int again, std::string_view what, Step step) const;

    SshTarget target_;
    std::string user_;
    Deadline deadline_;
    const FailureLatch* failure_;
    std::string hostKeyType_;
    KeyHandle hostKey_;
    SessionHandle session_;
};

}  // namespace boxtest::ssh
