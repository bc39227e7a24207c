#include "db/Database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <optional>
#include <thread>

#include "AtOnce.hpp"
#include "Deadlines.hpp"
#include "db/LibpqEnvironment.hpp"
#include "db/Sqlstate.hpp"
#include "db/Transaction.hpp"
#include "integration/LocalPostgres.hpp"
#include "integration/LocalSshd.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/StreamServer.hpp"
#include "ssh/Tunnel.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// Waits until the backend `pid` (0: any backend) sleeps in pg_sleep.
void waitUntilAsleep(Database& watcher, int pid) {
    const auto deadline = soon();
    const auto* const query = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND (pid = $1 OR $1 = 0)";
    while (watcher.execute(query, pid).empty()) ASSERT_FALSE(deadline.expired()) << "no statement sleeps";
}

/// All tests share one server: each test cleans up by rolling back.
class DatabaseTest : public ::testing::Test {
   protected:
    static void SetUpTestSuite() {
        server_ = new LocalPostgres;
        auto admin = server_->connect();
        admin.execute("CREATE ROLE limited; CREATE TABLE secret (id int); CREATE TABLE things (id int PRIMARY KEY, name text)");
    }
    static void TearDownTestSuite() {
        delete server_;
        server_ = nullptr;
    }
    static LocalPostgres* server_;
    Database database_ = server_->connect();
};
LocalPostgres* DatabaseTest::server_ = nullptr;

TEST_F(DatabaseTest, IsReachedWhateverTheDevelopersShellSaysOfAnother) {
    const ScopedVariable address("PGHOSTADDR", "127.0.0.1");
    const ScopedVariable options("PGOPTIONS", "-c search_path=elsewhere");
    const ScopedVariable time("PGTZ", "Asia/Tokyo");
    const ScopedVariable colour("PG_COLOR", "auto");
    EXPECT_ANY_THROW(server_->connect()) << "the variables lead nowhere: nothing is tested here";
    {
        const ScopedVariable none("PGHOSTADDR", std::nullopt);
        const ScopedVariable service("PGSERVICE", "another-server");
        EXPECT_ANY_THROW(server_->connect()) << "the service leads nowhere: nothing is tested here";
        clearLibpqEnvironment();
        auto database = server_->connect();
        EXPECT_NE(database.execute("SHOW timezone")[0][0].as<std::string>(), "Asia/Tokyo");
    }
    EXPECT_EQ(std::getenv("PGTZ"), nullptr);
    EXPECT_STREQ(std::getenv("PG_COLOR"), "auto");
}

TEST_F(DatabaseTest, ConnectsOverATunnelAsTheSessionsUser) {
    const LocalSshd sshd;
    auto session = sshd.connect();
    auto tunnel = Tunnel::toUnixSocket(session, server_->socket(), Endpoint::localSocket());
    auto database = Database::connect(Endpoint::of(tunnel), server_->superuser(), "postgres", soon());
    const auto rows = database.execute("SELECT session_user, inet_client_addr() IS NULL, $1::int + 1", 41);
    EXPECT_EQ(rows[0][0].as<std::string>(), server_->superuser());
    EXPECT_TRUE(rows[0][1].as<bool>());
    EXPECT_EQ(rows[0][2].as<int>(), 42);
    // Many rows through the Unix socket, then a connection through a TCP port.
    EXPECT_EQ(database.execute("SELECT repeat('x', 1000) FROM generate_series(1, 20000)").size(), 20000);
    auto tcp = Tunnel::toUnixSocket(session, server_->socket(), LocalTcp{});
    EXPECT_EQ(Database::connect(Endpoint::of(tcp), server_->superuser(), "postgres", soon()).name(), "postgres");
}

TEST_F(DatabaseTest, RefusedConnectionOverATunnelCarriesItsSqlstate) {
    const LocalSshd sshd;
    auto session = sshd.connect();
    auto tunnel = Tunnel::toUnixSocket(session, server_->socket(), Endpoint::localSocket());
    const auto other = Database::attemptConnect(Endpoint::of(tunnel), "somebody-else", "postgres", soon());
    EXPECT_EQ(other.sqlstate, sqlstate::invalidAuthorization);
    EXPECT_THAT(other.message, StartsWith("Peer authentication failed for user \"somebody-else\""));
    const auto missing = Database::attemptConnect(Endpoint::of(tunnel), server_->superuser(), "no-such-database", soon());
    EXPECT_EQ(missing.sqlstate, sqlstate::noSuchDatabase);
    EXPECT_EQ(missing.message, "database \"no-such-database\" does not exist");
    EXPECT_TRUE(Database::attemptConnect(Endpoint::of(tunnel), server_->superuser(), "postgres", soon()).succeeded());
    try {
        Database::connect(Endpoint::of(tunnel), "somebody-else", "postgres", soon());
        FAIL() << "connected as somebody else";
    } catch (const SqlError& error) {
        EXPECT_EQ(error.sqlstate(), "28000");
        EXPECT_THAT(error.what(),
                    StartsWith("cannot connect to database 'postgres' as 'somebody-else': 28000 Peer authentication failed"));
    }
}

TEST_F(DatabaseTest, TunnelThatIsNotOpenedIsNoAnswerOfPostgres) {
    const LocalSshd sshd;
    auto session = sshd.connect();
    auto tunnel = Tunnel::toUnixSocket(session, "/nowhere/.s.PGSQL.5432", Endpoint::localSocket());
    const auto outcome = Database::attemptConnect(Endpoint::of(tunnel), server_->superuser(), "postgres", soon());
    EXPECT_EQ(outcome.sqlstate, "");
    EXPECT_FALSE(outcome.message.empty());
    EXPECT_EQ(tunnel.openFailures().size(), 1U);
    EXPECT_THROW(Database::connect(Endpoint::of(tunnel), server_->superuser(), "postgres", soon()), TransportError);
}

TEST_F(DatabaseTest, AbsentServerIsATransportError) {
    try {
        Database::connect({"/nowhere", 5432}, "x", "postgres", soon());
        FAIL() << "connected to nothing";
    } catch (const TransportError& error) {
        EXPECT_THAT(error.what(),
                    AllOf(StartsWith("cannot connect to database 'postgres' as 'x': "), HasSubstr("No such file or directory")));
    }
}

TEST_F(DatabaseTest, ServerThatNeverAnswersEndsTheAttemptAtItsDeadline) {
    const TemporaryFolder folder("silent");
    const auto server = StreamServer::onUnix(folder.path() / ".s.PGSQL.5432", [](int fd) { receiveAll(fd); });
    try {
        Database::attemptConnect({folder.path().string(), 5432}, "x", "db", Deadline::in(500ms));
        FAIL() << "something answered";
    } catch (const TimeoutError& error) {
        EXPECT_THAT(error.what(), AllOf(StartsWith("timed out waiting for PostgreSQL at '"), HasSubstr("as 'x' on 'db'")));
    }
    FailureLatch latch;
    std::thread declarer([&] { latch.declare("the kernel panicked"); });
    EXPECT_THROW(Database::attemptConnect({folder.path().string(), 5432}, "x", "db", Deadline::never(), &latch), GuestError);
    declarer.join();
}

TEST_F(DatabaseTest, RefusedStatementCarriesItsSqlstateAndMessage) {
    database_.execute("SET ROLE limited");
    const auto outcome = database_.attempt("SELECT * FROM secret");
    EXPECT_EQ(outcome.sqlstate, sqlstate::insufficientPrivilege);
    EXPECT_TRUE(outcome.refused());
    EXPECT_FALSE(outcome.succeeded());
    EXPECT_EQ(outcome.message, "permission denied for table secret");
    EXPECT_EQ(outcome.describe(), "42501 permission denied for table secret");
    try {
        database_.execute("SELECT * FROM secret");
        FAIL() << "read a secret";
    } catch (const SqlError& error) {
        EXPECT_EQ(error.sqlstate(), "42501");
        EXPECT_THAT(error.what(), StartsWith("'SELECT * FROM secret' as '" + server_->superuser() + "' on 'postgres': 42501 "));
    }
}

TEST_F(DatabaseTest, EveryKindOfRefusalCarriesItsSqlstate) {
    // libpqxx has its own exception types for these refusals, some without the SQLSTATE.
    const std::vector<std::pair<std::string, std::string>> statements{
        {"SELEC 1", "42601"},
        {"SELECT * FROM absent", "42P01"},
        {"SELECT 1/0", "22012"},
        {"INSERT INTO things VALUES (1, 'a'), (1, 'b')", "23505"},
        {"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '53300'; END $$", "53300"},
        {"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '08P01'; END $$", "08P01"},
        {"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '08006'; END $$", "08006"},
        {"DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", "P0001"},
        {"COMMIT PREPARED 'x'", "42704"},
    };
    for (const auto& [statement, state] : statements) EXPECT_EQ(database_.attempt(statement).sqlstate, state) << statement;
    EXPECT_TRUE(database_.attempt("SELECT 1").succeeded());
}

TEST_F(DatabaseTest, WarningsAreKeptWithTheirSqlstate) {
    database_.execute("SET ROLE limited");
    const auto outcome = database_.attempt("VACUUM secret");
    EXPECT_TRUE(outcome.succeeded()) << outcome.describe();
    EXPECT_TRUE(outcome.noticed(sqlstate::warning)) << outcome.describe();
    ASSERT_EQ(outcome.notices.size(), 1U);
    EXPECT_THAT(outcome.notices[0].message, HasSubstr("secret"));
    EXPECT_THAT(database_.attempt("SELECT 1").notices, IsEmpty());
}

TEST_F(DatabaseTest, RowsAndAffectedRowsAreTold) {
    Transaction transaction(database_);
    EXPECT_EQ(transaction.attempt("INSERT INTO things SELECT i, 'n' FROM generate_series(1, 5) i").affected, 5U);
    const auto outcome = transaction.attempt("SELECT count(*) FROM things");
    EXPECT_EQ(outcome.rows[0][0].as<int>(), 5);
    EXPECT_EQ(database_.execute("SELECT name FROM things WHERE id = $1 AND name = $2", 3, "n").size(), 1);
}

TEST_F(DatabaseTest, AValueIsOfTheTypeThatIsAskedForOrAnError) {
    const auto rows = database_.execute("SELECT 4611686018427387904 AS large, NULL::text AS nothing, 'x' AS word, false AS no");
    EXPECT_EQ(rows.columns(), 4);
    const auto row = rows[0];
    EXPECT_EQ(row["large"].as<std::int64_t>(), 4611686018427387904);
    EXPECT_TRUE(row["nothing"].isNull());
    EXPECT_EQ(row["nothing"].as<std::string>("-"), "-");
    EXPECT_EQ(row["word"].as<std::string>("-"), "x");
    EXPECT_FALSE(row["no"].as<bool>());
    const auto error = [&](auto work) { return errorOf<GuestError>(work); };
    EXPECT_EQ(error([&] { row["nothing"].as<std::string>(); }), "the column 'nothing' is null");
    EXPECT_EQ(error([&] { row["large"].as<int>(); }), "the column 'large' is '4611686018427387904', of another type");
    EXPECT_EQ(error([&] { row["word"].as<bool>(); }), "the column 'word' is 'x', of another type");
    EXPECT_EQ(error([&] { row["absent"]; }), "there is no column 'absent' in the rows");
    EXPECT_EQ(error([&] { row[4]; }), "there is no column 4 in rows of 4");
    EXPECT_EQ(error([&] { rows[1]; }), "there is no row 1 of 1");
    EXPECT_TRUE(SqlRows().empty());
    EXPECT_EQ(SqlRows().columns(), 0);
}

TEST_F(DatabaseTest, TransactionRollsBackAtTheEndOfItsScopeAndSurvivesRefusals) {
    {
        Transaction transaction(database_);
        EXPECT_TRUE(database_.inTransaction());
        database_.execute("INSERT INTO things VALUES (7, 'seven')");
        EXPECT_EQ(transaction.attempt("INSERT INTO things VALUES (7, 'again')").sqlstate, sqlstate::uniqueViolation);
        EXPECT_EQ(database_.execute("SELECT * FROM things").size(), 1);
    }
    EXPECT_FALSE(database_.inTransaction());
    EXPECT_EQ(database_.execute("SELECT * FROM things").size(), 0);
    {
        Transaction transaction(database_);
        EXPECT_EQ(database_.attempt("broken").sqlstate, sqlstate::syntaxError);
        EXPECT_EQ(database_.attempt("SELECT 1").sqlstate, "25P02");
    }
    EXPECT_TRUE(database_.attempt("SELECT 1").succeeded());
    database_.begin();
    database_.execute("INSERT INTO things VALUES (8, 'eight')");
    database_.commit();
    EXPECT_EQ(database_.attempt("DELETE FROM things WHERE id = 8").affected, 1U);
    database_.rollback();
}

TEST_F(DatabaseTest, CopyGoesBothWays) {
    Transaction transaction(database_);
    EXPECT_EQ(database_.copyIn("COPY things FROM STDIN", "1\tone\n2\ttwo\n"), 2U);
    EXPECT_EQ(database_.copyOut("COPY (SELECT * FROM things ORDER BY id) TO STDOUT"), "1\tone\n2\ttwo\n");
    EXPECT_EQ(database_.attempt("COPY things TO STDOUT").affected, 2U);
    EXPECT_EQ(database_.attempt("COPY things FROM STDIN").affected, 0U);
    EXPECT_TRUE(database_.attempt("SELECT 1").succeeded());
}

TEST_F(DatabaseTest, RefusedCopyCarriesItsSqlstate) {
    EXPECT_THROW(database_.copyIn("COPY things FROM STDIN", "no number\tx\n"), SqlError);
    database_.execute("SET ROLE limited");
    EXPECT_EQ(database_.attempt("COPY secret TO STDOUT").sqlstate, "42501");
    EXPECT_EQ(database_.attempt("COPY (SELECT 1) TO PROGRAM 'true'").sqlstate, "42501");
    try {
        database_.copyOut("COPY secret TO STDOUT");
        FAIL() << "copied a secret";
    } catch (const SqlError& error) {
        EXPECT_EQ(error.sqlstate(), "42501");
    }
}

TEST_F(DatabaseTest, StatementThatOverstaysItsBudgetIsCancelledAndTheConnectionStays) {
    database_.setBudget(300ms);
    try {
        database_.attempt("SELECT pg_sleep(600)");
        FAIL() << "slept for ten minutes";
    } catch (const TimeoutError& error) {
        EXPECT_THAT(error.what(),
                    AllOf(StartsWith("the statement 'SELECT pg_sleep(600)' as '"), HasSubstr("took more than 300 ms")));
    }
    EXPECT_TRUE(database_.attempt("SELECT 1").succeeded());
}

TEST_F(DatabaseTest, CancelledByAnotherIsAnOutcomeNotATimeout) {
    auto killer = server_->connect();
    auto victim = std::async(std::launch::async, [&] { return database_.attempt("SELECT pg_sleep(60)"); });
    const auto pid = database_.backendPid();
    waitUntilAsleep(killer, pid);
    killer.execute("SELECT pg_cancel_backend($1)", pid);
    EXPECT_EQ(victim.get().sqlstate, sqlstate::queryCanceled);
}

TEST_F(DatabaseTest, ServerThatFreezesDuringAStatementIsCutOff) {
    database_.setBudget(100ms);
    LocalPostgres::freeze(database_.backendPid());
    try {
        database_.attempt("SELECT 1");
        ADD_FAILURE() << "a frozen server answered";
    } catch (const TimeoutError& error) {
        EXPECT_THAT(error.what(), HasSubstr("was not answered within 100 ms: the connection was cut"));
    }
    LocalPostgres::thaw(database_.backendPid());
}

TEST_F(DatabaseTest, DeclaredLatchEndsAStatementAtOnce) {
    FailureLatch latch;
    auto database = Database::connect(server_->endpoint(), server_->superuser(), "postgres", soon(), &latch);
    database.setBudget(std::chrono::hours(1));
    std::optional<AtOnce> measured;
    std::thread declarer([&] {
        auto watcher = server_->connect();
        waitUntilAsleep(watcher, 0);
        measured.emplace();
        latch.declare("QEMU exited");
    });
    try {
        database.attempt("SELECT pg_sleep(3600)");
        ADD_FAILURE() << "slept for an hour";
    } catch (const GuestError& error) {
        EXPECT_STREQ(error.what(), "QEMU exited");
    }
    declarer.join();
    measured.reset();
    EXPECT_THROW(database.attempt("SELECT 1"), GuestError);
    database_.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
}

TEST_F(DatabaseTest, TerminatedBackendTellsItsSqlstateAndThenTheLoss) {
    auto killer = server_->connect();
    killer.execute("SELECT pg_terminate_backend($1, 60000)", database_.backendPid());
    EXPECT_EQ(database_.attempt("SELECT 1").sqlstate, sqlstate::adminShutdown);
    EXPECT_THROW(database_.attempt("SELECT 1"), TransportError);
}

TEST_F(DatabaseTest, DyingSessionEndsAStatementAtOnce) {
    LocalSshd sshd;
    auto session = sshd.connect();
    auto tunnel = Tunnel::toUnixSocket(session, server_->socket(), Endpoint::localSocket());
    auto database = Database::connect(Endpoint::of(tunnel), server_->superuser(), "postgres", soon());
    database.setBudget(std::chrono::hours(1));
    auto statement = std::async(std::launch::async, [&] {
        try {
            database.attempt("SELECT pg_sleep(3600)");
        } catch (const TransportError& error) {
            return std::string(error.what());
        }
        return std::string("answered");
    });
    waitUntilAsleep(database_, database.backendPid());
    std::optional<AtOnce> measured(std::in_place);
    sshd.kill();
    EXPECT_THAT(statement.get(), StartsWith("lost the connection to database 'postgres' as '" + server_->superuser() +
                                            "' during 'SELECT pg_sleep(3600)'"));
    measured.reset();
    database_.execute("SELECT pg_terminate_backend($1)", database.backendPid());
}

TEST_F(DatabaseTest, TellsWhoItIs) {
    EXPECT_EQ(database_.role(), server_->superuser());
    EXPECT_EQ(database_.name(), "postgres");
    EXPECT_GE(database_.serverVersion(), 130000);
    EXPECT_GT(database_.backendPid(), 0);
}

}  // namespace
}  // namespace boxtest::testing
