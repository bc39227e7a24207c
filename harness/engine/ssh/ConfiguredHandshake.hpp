#pragma once

#include <string>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/LibsshHandles.hpp"
#include "ssh/SshByConfig.hpp"

namespace boxtest::ssh {

/// Like Handshake, for a server that is known only by the user's own configuration. Call in this order: connect(),
/// authenticate(), take(). Belongs to the thread that will use the session.
class ConfiguredHandshake {
   public:
    ConfiguredHandshake(const SshByConfig& by, Deadline deadline, const FailureLatch* failure)
        : by_(by), deadline_(deadline), failure_(failure) {}

    void connect();
    void authenticate();
    /// The session; it and its socket are non-blocking.
    SessionHandle take() { return std::move(session_); }

   private:
    void checkHostKey();
    std::string error() const;
    template <typename Step>
    int drive(int again, std::string_view what, Step step) const;

    const SshByConfig& by_;
    Deadline deadline_;
    const FailureLatch* failure_;
    SessionHandle session_;
};

}  // namespace boxtest::ssh
