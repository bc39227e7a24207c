#pragma once

#include <string>

#include "Sections.hpp"
#include "reach/RunningGuest.hpp"

namespace boxtest {

/// OpenSSH's own client, run in the guest against the guest's own server: what it can do that libssh's cannot.
class OpensshClient {
   public:
    /// The guest must outlive the object.
    explicit OpensshClient(RunningGuest& guest) : guest_(guest) {}

    /// What `ssh -N -L ...:/run/postgresql/.s.PGSQL.5432` comes to as a user with somebody's key: "in", or what the client says.
    std::string tunnelOnly(const std::string& user, const std::string& owner) const;

    /// What that client gets when it asks for tunnels that begin on the machine ("port", "socket", "device") and for its agent
    /// and its display to be there ("environment"): "refused", or "in" and what its session has. "granted" is the answer of an
    /// sshd with other settings to all of it at once.
    Sections forwardings(const std::string& user) const;

   private:
    /// For scripts: OpenSSH's own client, run in the guest as `client`, with the key that comes by stdin. The folder $work goes
    /// when the script ends, after `tidy`.
    std::string start(const std::string& user) const;

    RunningGuest& guest_;
};

}  // namespace boxtest
