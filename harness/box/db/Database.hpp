#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "db/Endpoint.hpp"
#include "db/Outcome.hpp"
#include "db/SqlError.hpp"
#include "db/SqlRows.hpp"

namespace boxtest {

/// One connection to PostgreSQL, as one role, over a tunnel or a local socket. Every failure that the server reports carries its
/// SQLSTATE; so does a refused connection. Statements are autocommitted unless begin() was called. One thread at a time.
class Database {
   public:
    /// The connection is made with libpq (verbose errors, so that the server's SQLSTATE can be read), then handed to libpqxx.
    /// TLS is off (there is none on a Unix socket), ~/.pgpass is not read.
    ///
    /// Throws SqlError (the server refused), TransportError (no server, or it went away), TimeoutError, GuestError.
    static Database connect(const Endpoint& endpoint, const std::string& role, const std::string& database, Deadline deadline,
                            const FailureLatch* failure = nullptr);

    /// Whether every session that this process opens from now on begins with default_transaction_read_only: for runs that must
    /// not change the machine.
    static void connectReadOnly(bool readOnly);

    /// Connects and disconnects again. A refusal is returned as a value; the SQLSTATE is empty if no server answered. Throws
    /// TimeoutError, GuestError.
    static ConnectOutcome attemptConnect(const Endpoint& endpoint, const std::string& role, const std::string& database,
                                         Deadline deadline, const FailureLatch* failure = nullptr);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    /// Runs statements that must work. Without parameters there may be several, separated by semicolons; the rows of the last one
    /// are returned. Parameters are $1, $2, ...
    ///
    /// Throws SqlError, TransportError (connection lost), TimeoutError (budget passed; the statement was cancelled).
    template <typename... Parameters>
    SqlRows execute(const std::string& sql, const Parameters&... parameters) {
        return executeWith(sql, {SqlParameter(parameters)...});
    }

    /// Runs statements that may be refused; a refusal is returned as a value. Throws TransportError and TimeoutError as execute
    /// does.
    Outcome attempt(const std::string& sql);

    /// Runs COPY ... TO STDOUT and returns its data. Throws as execute.
    std::string copyOut(const std::string& sql);
    /// Runs COPY ... FROM STDIN with `data` and returns the number of rows copied. Throws as execute.
    std::size_t copyIn(const std::string& sql, std::string_view data);

    /// Maximum duration of one call; 2 minutes unless set. The server enforces it (statement_timeout); when the server does not
    /// answer at all, the connection is cut some seconds later.
    void setBudget(std::chrono::milliseconds budget);

    void begin();
    void commit();
    /// Does nothing outside a transaction.
    void rollback();
    bool inTransaction() const;

    const std::string& role() const;
    const std::string& name() const;
    int backendPid() const;
    /// The server's version in libpq's format: 170005 is 17.5.
    int serverVersion() const;

   private:
    class State;
    explicit Database(std::unique_ptr<State> state);
    SqlRows executeWith(const std::string& sql, const std::vector<SqlParameter>& parameters);
    std::unique_ptr<State> state_;
};

}  // namespace boxtest
