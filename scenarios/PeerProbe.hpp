#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "HbaRules.hpp"
#include "RunningGuest.hpp"

namespace boxtest {

/// One attempt to connect to PostgreSQL's socket from inside the guest, by a process of an OS user.
struct PeerAttempt {
    std::string osUser;
    std::string role;
    std::string database;
    bool replication = false;  ///< Physical replication, which pg_hba.conf treats as a database of its own.

    std::string sqlstate{};     ///< "00000" when let in; empty when no server answered, see message.
    std::string message{};      ///< The server's, or the operating system's.
    std::string sessionUser{};  ///< When let in: who the server says we are.

    /// "jane as admin in postgres"
    std::string describe() const;
};

/// Tries them all, one OS user's in order, and fills in the answers. Every attempt is made by a process with that user's uid, gid
/// and groups, which speaks PostgreSQL's protocol itself, because psql does not tell the SQLSTATE of a refused connection. Throws
/// GuestError when the probe itself fails.
void probePeers(RunningGuest& guest, std::vector<PeerAttempt>& attempts);

/// Attempts that were made as a table for people: who enters what as whom.
std::string peerMatrix(const std::vector<PeerAttempt>& attempts);
/// The same for the report's picture, each attempt with the rule that decides it:
/// {"rules": [{"number": 1, "text": "..."}], "attempts": [{"user", "role", "database", "replication", "sqlstate", "message",
/// "rule"}]}
nlohmann::json peersJson(const std::vector<PeerAttempt>& attempts, const HbaRules& rules);

}  // namespace boxtest
