#include "db/Connector.hpp"

#include <fmt/format.h>

#include <array>

#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "db/VerboseMessage.hpp"

namespace boxtest {

bool& readOnlySessions() {
    static bool readOnly = false;
    return readOnly;
}

ConnectionHandle connectLibpq(const Endpoint& endpoint, const std::string& role, const std::string& database,
                              long long statementTimeout, Deadline deadline, const FailureLatch* failure,
                              ConnectOutcome& outcome) {
    const auto port = std::to_string(endpoint.port);
    const auto options = fmt::format("-c statement_timeout={}{}", statementTimeout,
                                     readOnlySessions() ? " -c default_transaction_read_only=on" : "");
    using Setting = std::pair<const char*, const char*>;
    const std::array settings{Setting{"host", endpoint.host.c_str()}, Setting{"port", port.c_str()},
                              Setting{"user", role.c_str()},          Setting{"dbname", database.c_str()},
                              Setting{"sslmode", "disable"},          Setting{"gssencmode", "disable"},
                              Setting{"passfile", "/dev/null/none"},  Setting{"client_encoding", "UTF8"},
                              Setting{"application_name", "boxtest"}, Setting{"options", options.c_str()}};
    std::array<const char*, settings.size() + 1> keys{};
    std::array<const char*, settings.size() + 1> values{};
    for (std::size_t i = 0; i < settings.size(); ++i) std::tie(keys[i], values[i]) = settings[i];

    ConnectionHandle connection(PQconnectStartParams(keys.data(), values.data(), 0));
    if (!connection) throw Error(ErrorKind::system, "cannot make a database connection: out of memory");
    // The default verbosity omits the SQLSTATE.
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    const auto what = fmt::format("PostgreSQL at '{}', port {}, as '{}' on '{}'", endpoint.host, endpoint.port, role, database);
    PostgresPollingStatusType status =
        PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
        waitFor(PQsocket(connection.get()), status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, what, failure);
        status = PQconnectPoll(connection.get());
    }
    if (status == PGRES_POLLING_OK) {
        outcome = {"00000", ""};
    } else {
        const std::string text = PQerrorMessage(connection.get());
        auto parsed = VerboseMessage::parse(text);
        outcome = {std::move(parsed.sqlstate), std::move(parsed.message)};
    }
    return connection;
}

}  // namespace boxtest
