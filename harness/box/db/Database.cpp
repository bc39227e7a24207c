#include "db/Database.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <pqxx/pqxx>

#include "base/Transcript.hpp"
#include "db/Connector.hpp"
#include "db/VerboseMessage.hpp"
#include "db/Watchdog.hpp"

namespace boxtest {

namespace {

constexpr std::chrono::milliseconds defaultBudget = std::chrono::minutes(2);
/// Extra time beyond the budget for the server to report the timeout itself.
constexpr std::chrono::seconds grace{5};

struct ResultDeleter {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultDeleter>;

std::string field(const PGresult* result, int code) {
    const char* const text = PQresultErrorField(result, code);
    return text ? text : "";
}

/// Connects, and records request and result in the transcript.
ConnectionHandle connectNoted(const Endpoint& endpoint, const std::string& role, const std::string& database, Deadline deadline,
                              const FailureLatch* failure, ConnectOutcome& outcome) {
    auto& transcript = Transcript::ofProcess();
    const auto asked = transcript.ask("connection", role, fmt::format("connect to database {}", database));
    auto connection = connectLibpq(endpoint, role, database, defaultBudget.count(), deadline, failure, outcome);
    transcript.answered(asked, fmt::format("{} {}", outcome.sqlstate.empty() ? "no server" : outcome.sqlstate, outcome.message));
    return connection;
}

std::string shortened(const std::string& sql) { return sql.size() <= 300 ? sql : sql.substr(0, 300) + "..."; }

}  // namespace

class Database::State {
   public:
    State(ConnectionHandle connection, std::string role, std::string name, const FailureLatch* failure)
        : raw_(connection.get()),
          connection_(pqxx::connection::seize_raw_connection(connection.release())),
          watchdog_(PQsocket(raw_), failure),
          failure_(failure),
          role_(std::move(role)),
          name_(std::move(name)) {
        PQsetNoticeReceiver(raw_, &State::receiveNotice, this);
    }

    /// Runs statements; a refusal is returned as a value.
    Outcome attempt(const std::string& sql, const std::vector<SqlParameter>& parameters, std::string* copy);

    std::chrono::milliseconds budget_ = defaultBudget;
    PGconn* const raw_;  // owned by connection_
    pqxx::connection connection_;
    Watchdog watchdog_;
    const FailureLatch* const failure_;
    const std::string role_;
    const std::string name_;

   private:
    static void receiveNotice(void* self, const PGresult* result) {
        static_cast<State*>(self)->notices_.push_back({field(result, PG_DIAG_SQLSTATE), field(result, PG_DIAG_MESSAGE_PRIMARY)});
    }
    void finishCopy(Outcome& outcome, std::string* copy);
    void transfer(std::string* copy);
    void refuse(Outcome& outcome, const std::string& text, std::string sqlstate, const std::string& sql) const;

    std::vector<Notice> notices_;
};

Outcome Database::State::attempt(const std::string& sql, const std::vector<SqlParameter>& parameters, std::string* copy) {
    if (failure_) failure_->check();
    auto& transcript = Transcript::ofProcess();
    const auto asked = transcript.ask("statement", fmt::format("{} on {}", role_, name_), sql);
    Outcome outcome;
    notices_.clear();
    const auto started = Deadline::Clock::now();
    watchdog_.arm(Deadline::in(budget_ + grace));
    try {
        pqxx::nontransaction statement(connection_);
        // Several statements at once are possible only without parameters.
        pqxx::params values;
        for (const auto& one : parameters) values.append(one.text());
        auto rows = parameters.empty() ? statement.exec(sql) : statement.exec(sql, values);
        outcome.sqlstate = "00000";
        outcome.affected = static_cast<std::size_t>(rows.affected_rows());
        outcome.rows = SqlRows(std::move(rows));
        finishCopy(outcome, copy);
    } catch (const pqxx::sql_error& error) {
        refuse(outcome, error.what(), error.sqlstate(), sql);
    } catch (const pqxx::failure& error) {
        refuse(outcome, error.what(), "", sql);
    }
    watchdog_.disarm();
    outcome.notices = std::move(notices_);
    transcript.answered(
        asked, outcome.succeeded() ? fmt::format("{}, {} rows", outcome.describe(), outcome.affected) : outcome.describe());
    if (outcome.sqlstate == "57014" && Deadline::Clock::now() - started >= budget_)
        throw TimeoutError(fmt::format("the statement '{}' as '{}' took more than {} ms: the server cancelled it", shortened(sql),
                                       role_, budget_.count()));
    return outcome;
}

void Database::State::refuse(Outcome& outcome, const std::string& text, std::string sqlstate, const std::string& sql) const {
    auto parsed = VerboseMessage::parse(text);
    // When the server ended the connection, libpqxx reports only that; libpq still has the server's last message.
    if (sqlstate.empty() && parsed.sqlstate.empty())
        if (auto last = VerboseMessage::parse(PQerrorMessage(raw_)); !last.message.empty()) parsed = std::move(last);
    outcome.sqlstate = sqlstate.empty() ? std::move(parsed.sqlstate) : std::move(sqlstate);
    outcome.message = std::move(parsed.message);
    outcome.rows = {};
    if (!outcome.sqlstate.empty()) return;
    if (failure_) failure_->check();
    if (watchdog_.bit())
        throw TimeoutError(fmt::format("the statement '{}' as '{}' was not answered within {} ms: the connection was cut",
                                       shortened(sql), role_, budget_.count()));
    throw TransportError(fmt::format("lost the connection to database '{}' as '{}' during '{}': {}", name_, role_, shortened(sql),
                                     outcome.message));
}

void Database::State::finishCopy(Outcome& outcome, std::string* copy) {
    // After COPY, libpq has returned a result but the command is still active.
    if (PQtransactionStatus(raw_) != PQTRANS_ACTIVE) return;
    transfer(copy);
    while (const ResultHandle result{PQgetResult(raw_)}) {
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            transfer(copy);
        } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            outcome.affected = std::strtoull(PQcmdTuples(result.get()), nullptr, 10);
        } else {
            const auto state = field(result.get(), PG_DIAG_SQLSTATE);
            if (state.empty()) throw pqxx::broken_connection(PQresultErrorMessage(result.get()));
            outcome.sqlstate = state;
            outcome.message = VerboseMessage::parse(PQresultErrorMessage(result.get())).message;
        }
    }
}

void Database::State::transfer(std::string* copy) {
    char* row = nullptr;
    int size = PQgetCopyData(raw_, &row, 0);
    if (size == -2) {  // no COPY TO STDOUT, so it is a COPY FROM STDIN
        if (copy && !copy->empty()) PQputCopyData(raw_, copy->data(), static_cast<int>(copy->size()));
        PQputCopyEnd(raw_, nullptr);
        return;
    }
    for (; size > 0; size = PQgetCopyData(raw_, &row, 0)) {
        if (copy) copy->append(row, static_cast<std::size_t>(size));
        PQfreemem(row);
    }
}

Database Database::connect(const Endpoint& endpoint, const std::string& role, const std::string& database, Deadline deadline,
                           const FailureLatch* failure) {
    ConnectOutcome outcome;
    auto connection = connectNoted(endpoint, role, database, deadline, failure, outcome);
    if (outcome.succeeded()) return Database(std::make_unique<State>(std::move(connection), role, database, failure));
    const auto what = fmt::format("cannot connect to database '{}' as '{}'", database, role);
    if (outcome.sqlstate.empty()) throw TransportError(fmt::format("{}: {}", what, outcome.message));
    throw SqlError(fmt::format("{}: {} {}", what, outcome.sqlstate, outcome.message), outcome.sqlstate);
}

void Database::connectReadOnly(bool readOnly) { readOnlySessions() = readOnly; }

ConnectOutcome Database::attemptConnect(const Endpoint& endpoint, const std::string& role, const std::string& database,
                                        Deadline deadline, const FailureLatch* failure) {
    ConnectOutcome outcome;
    connectNoted(endpoint, role, database, deadline, failure, outcome);
    return outcome;
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

SqlRows Database::executeWith(const std::string& sql, const std::vector<SqlParameter>& parameters) {
    auto outcome = state_->attempt(sql, parameters, nullptr);
    if (outcome.succeeded()) return std::move(outcome.rows);
    throw SqlError(fmt::format("'{}' as '{}' on '{}': {} {}", shortened(sql), role(), name(), outcome.sqlstate, outcome.message),
                   outcome.sqlstate);
}

Outcome Database::attempt(const std::string& sql) { return state_->attempt(sql, {}, nullptr); }

std::string Database::copyOut(const std::string& sql) {
    std::string data;
    const auto outcome = state_->attempt(sql, {}, &data);
    if (!outcome.succeeded())
        throw SqlError(fmt::format("'{}' as '{}' on '{}': {}", shortened(sql), role(), name(), outcome.describe()),
                       outcome.sqlstate);
    return data;
}

std::size_t Database::copyIn(const std::string& sql, std::string_view data) {
    std::string copy(data);
    const auto outcome = state_->attempt(sql, {}, &copy);
    if (!outcome.succeeded())
        throw SqlError(fmt::format("'{}' as '{}' on '{}': {}", shortened(sql), role(), name(), outcome.describe()),
                       outcome.sqlstate);
    return outcome.affected;
}

void Database::setBudget(std::chrono::milliseconds budget) {
    execute(fmt::format("SET statement_timeout = {}", budget.count()));
    state_->budget_ = budget;
}

void Database::begin() { execute("BEGIN"); }

void Database::commit() { execute("COMMIT"); }

void Database::rollback() {
    if (inTransaction()) execute("ROLLBACK");
}

bool Database::inTransaction() const {
    const auto status = PQtransactionStatus(state_->raw_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

const std::string& Database::role() const { return state_->role_; }
const std::string& Database::name() const { return state_->name_; }
int Database::backendPid() const { return PQbackendPID(state_->raw_); }
int Database::serverVersion() const { return PQserverVersion(state_->raw_); }

}  // namespace boxtest
