#pragma once

#include <string>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/LibsshHandles.hpp"
#include "ssh/SshByConfig.hpp"

namespace boxtest::ssh {

/// Handshake's counterpart for a server of which nothing is known but what a person's own configuration says. Step by step:
/// connect(), authenticate(), take(). Belongs to the thread that will use the session.
class ConfiguredHandshake {
   public:
    ConfiguredHandshake(const SshByConfig& by, Deadline deadline, const FailureLatch* failure)
        : by_(by), deadline_(deadline), failure_(failure) {}

    void connect();
    void authenticate();
    /// The session: non-blocking, its socket too.
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
