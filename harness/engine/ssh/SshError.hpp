#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/Error.hpp"
#include "ssh/CommandResult.hpp"

namespace boxtest {

/// The server has another host key than the expected one, or none of the requested type. Permanent: do not retry.
class HostKeyError : public TransportError {
   public:
    using TransportError::TransportError;
};

/// The server refused the key. Permanent: do not retry.
class AuthenticationError : public TransportError {
   public:
    AuthenticationError(const std::string& message, std::vector<std::string> offered)
        : TransportError(message), offeredMethods_(std::move(offered)) {}

    /// The methods that the server offers instead, in RFC 4252's names: "publickey", "password", ...
    const std::vector<std::string>& offeredMethods() const noexcept { return offeredMethods_; }

   private:
    std::vector<std::string> offeredMethods_;
};

/// No SSH server answers yet: connection refused, or closed before the server's banner. A machine that is still
/// booting looks like this, so it may be tried again.
class NotYetListening : public TransportError {
   public:
    using TransportError::TransportError;
};

/// The session is over: the server or the network is gone, or the owner closed the session.
class SessionLost : public TransportError {
   public:
    using TransportError::TransportError;
};

/// The command did not end in time. Its channel was closed; what it had written until then is kept.
class CommandTimeout : public TimeoutError {
   public:
    CommandTimeout(const std::string& message, CommandResult soFar) : TimeoutError(message), soFar_(std::move(soFar)) {}

    /// Output so far, and the exit status if it was received (a command may end while a child keeps its output open).
    const CommandResult& soFar() const noexcept { return soFar_; }

   private:
    CommandResult soFar_;
};

/// The command wrote more than RunOptions::outputLimit. Its channel was closed.
class OutputLimitExceeded : public TransportError {
   public:
    using TransportError::TransportError;
};

}  // namespace boxtest
