#pragma once

#include <optional>
#include <string>

#include "reach/RunningGuest.hpp"

namespace boxtest {

/// A way into PostgreSQL as an OS user who cannot log in by SSH: a small process of that user's in the guest, which hands bytes
/// on between PostgreSQL's socket and one that only the admin can open, and the admin's tunnel to that. PostgreSQL sees the OS
/// user, and peer authentication decides; SET SESSION AUTHORIZATION would leave the superuser's right to go back.
class PeerRelay {
   public:
    /// The guest must outlive it. GuestError when the process cannot be started.
    PeerRelay(RunningGuest& guest, const std::string& osUser);
    PeerRelay(const PeerRelay&) = delete;
    PeerRelay& operator=(const PeerRelay&) = delete;
    /// Ends the process, and with it every connection.
    ~PeerRelay();

    /// As the role of the OS user's name. Both throw as Database does.
    Database database(const std::string& database);
    ConnectOutcome attemptConnect(const std::string& database);

   private:
    RunningGuest& guest_;
    std::string osUser_;
    std::string process_;
    std::string folder_;
    std::optional<Tunnel> tunnel_;
};

}  // namespace boxtest
