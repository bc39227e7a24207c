#include "reach/RunningGuest.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <future>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "integration/LocalPostgres.hpp"
#include "integration/LocalSshd.hpp"
#include "integration/LoopbackListener.hpp"
#include "integration/MessageOf.hpp"
#include "integration/TlsServer.hpp"

namespace boxtest::testing {
namespace {

/// The parts of a guest that the tests need: an SSH server, a PostgreSQL server and a web server that never answers.
class RunningGuestTest : public ::testing::Test {
   protected:
    RunningGuestTest() {
        manifest_.names.domain = "127.0.0.1";
        manifest_.web.caCertificate = authority_.options().caCertificate;
        manifest_.ssh.privateKeys[sshd_.user()] = sshd_.key();
        manifest_.postgresql.socketDirectory = postgres_.endpoint().host;
        manifest_.postgresql.port = 5432;
        silent_ = listenOnLoopback(ports_.https);
    }

    TlsServer authority_;
    LocalSshd sshd_;
    LocalPostgres postgres_;
    Manifest manifest_;
    Ports ports_;
    FileDescriptor silent_;
    FailureLatch failure_;
};

TEST_F(RunningGuestTest, TheGuestsEndEndsAWaitForItsWebServer) {
    const RunningGuest guest(manifest_, ports_, sshd_.target(), &failure_);
    auto client = guest.http();
    auto waiter = std::async(std::launch::async, [&] {
        return messageOf<GuestError>([&] {
            HttpRequest request;
            request.deadline = soon();
            client.get("/", request);
        });
    });
    const FileDescriptor accepted(::accept(silent_.get(), nullptr, nullptr));
    failure_.declare("the kernel panicked");
    EXPECT_EQ(waiter.get(), "the kernel panicked");
}

TEST_F(RunningGuestTest, TheGuestsEndEndsAStatementAndIsItsReason) {
    RunningGuest guest(manifest_, ports_, sshd_.target(), &failure_);
    auto database = guest.database(sshd_.user(), postgres_.superuser(), "postgres");
    auto watcher = postgres_.connect();
    auto waiter =
        std::async(std::launch::async, [&] { return messageOf<GuestError>([&] { database.execute("SELECT pg_sleep(600)"); }); });
    const auto deadline = soon();
    while (watcher
               .execute("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active' AND pid = $1",
                        database.backendPid())
               .empty() &&
           !deadline.expired()) {
    }
    failure_.declare("the kernel panicked");
    EXPECT_EQ(waiter.get(), "the kernel panicked");
}

}  // namespace
}  // namespace boxtest::testing
