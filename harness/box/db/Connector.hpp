#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "db/Endpoint.hpp"
#include "db/Outcome.hpp"

namespace boxtest {

/// Process-wide: new sessions begin with default_transaction_read_only. Being global, no scenario can forget it.
bool& readOnlySessions();

struct ConnectionDeleter {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using ConnectionHandle = std::unique_ptr<PGconn, ConnectionDeleter>;

/// Makes a connection with libpq, step by step against a deadline. On failure the connection is bad and `outcome` says why.
/// `statementTimeout` (milliseconds) becomes the session's. The process's environment must be clear of libpq's variables
/// (clearLibpqEnvironment). Throws TimeoutError, GuestError.
ConnectionHandle connectLibpq(const Endpoint& endpoint, const std::string& role, const std::string& database,
                              long long statementTimeout, Deadline deadline, const FailureLatch* failure,
                              ConnectOutcome& outcome);

}  // namespace boxtest
