#include "ready/Readiness.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "AtOnce.hpp"
#include "MadeUpNames.hpp"
#include "base/Error.hpp"
#include "ssh/SshError.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/vm/RecordingLog.hpp"

namespace boxtest {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A guest made of functions: at first everything works; each test breaks the part that it tests.
class FakeAccess {
   public:
    FakeAccess() {
        manifest.names = madeUpNames();
        manifest.names.domain = "odoo-host";
        manifest.postgresql = {.major = 17, .socketDirectory = "/run/postgresql", .port = 5432, .dataDirectory = "/data"};
        manifest.services.postgresql.unit = "postgresql.service";
        manifest.services.odoo.unit = "odoo.service";
        manifest.services.pgadmin.unit = "pgadmin.service";
        manifest.services.nginx.unit = "nginx.service";
        manifest.web.odoo.path = "/";
        manifest.web.pgadmin.path = "/pgadmin/";
        connect = [] {};
        https = [](const std::string&) { return 200L; };
        for (const auto* unit : {"postgresql", "odoo", "pgadmin", "nginx"})
            states[std::string(unit) + ".service"] = "ActiveState=active\nSubState=running\n";
    }

    void wait(Deadline deadline = Deadline::in(std::chrono::minutes(1))) {
        GuestAccess access;
        access.connect = [this](Deadline) {
            ++connects;
            connect();
        };
        access.run = [this](const std::vector<std::string>& words, Deadline until) {
            latest = std::max(latest, until.at());
            return run(words);
        };
        access.httpsStatus = [this](const std::string& path, Deadline) { return https(path); };
        Readiness readiness(manifest, access, log, failure);
        readiness.setPause(std::chrono::milliseconds(1));
        readiness.setBegun(std::chrono::steady_clock::now() - took);
        readiness.wait(deadline);
    }

    Manifest manifest;
    RecordingLog log;
    FailureLatch failure;
    std::function<void()> connect;
    std::function<long(const std::string&)> https;
    std::function<void()> beforeRun = [] {};
    std::map<std::string, std::string> states;
    std::string failedUnits;
    std::vector<std::string> psqlAnswers{"1\n"};
    int connects = 0;
    std::chrono::seconds took{0};                  ///< How long the guest was booting when the wait began.
    std::chrono::steady_clock::time_point latest;  ///< The latest deadline that a command was given.

   private:
    CommandResult run(const std::vector<std::string>& words) {
        beforeRun();
        CommandResult result;
        result.exitStatus = 0;
        if (words[0] == "systemctl" && words[1] == "show") {
            for (std::size_t i = 4; i < words.size(); ++i)
                result.out += "Id=" + words[i] + "\nLoadState=loaded\n" + states[words[i]] + "\n";
        } else if (words[0] == "systemctl") {
            result.out = failedUnits;
        } else if (words[0] == "sudo" && words[2] == "journalctl") {
            result.out = "journal of " + words.back() + "\n";
        } else if (words[0] == "sudo" && words[2] == "-u") {
            EXPECT_EQ(words[3], "postgres");
            result.out = psqlAnswers.front();
            if (result.out.empty())
                result = {.exitStatus = 2, .signal = {}, .out = "", .err = "the database system is starting up"};
            if (psqlAnswers.size() > 1) psqlAnswers.erase(psqlAnswers.begin());
        } else {
            ADD_FAILURE() << "unexpected command " << words[0];
        }
        return result;
    }
};

TEST(Readiness, AGuestThatHasEverythingIsReadyAndEachStepIsTold) {
    FakeAccess guest;
    guest.wait();
    EXPECT_THAT(guest.log.lines(), Contains(AllOf(StartsWith("SSH: there after "), EndsWith(" s (1 of 7)"))));
    EXPECT_THAT(guest.log.lines().back(), AllOf(StartsWith("all units: there after "), EndsWith(" s (7 of 7)")));
    EXPECT_THAT(guest.log.waits(), Contains("SSH (1 of 7)"));
    EXPECT_THAT(guest.log.waits(), Not(Contains(HasSubstr("left")))) << "an estimate from an SSH that was there at once";
    EXPECT_THAT(guest.log.lines(), Contains(HasSubstr("PostgreSQL on /run/postgresql/.s.PGSQL.5432: there")));
    EXPECT_THAT(guest.log.lines(), Contains(HasSubstr("pgAdmin on https://odoo-host/pgadmin/: there")));
}

TEST(Readiness, TheRestOfAFirstBootIsEstimatedOnceSshIsThere) {
    FakeAccess guest;
    guest.took = std::chrono::seconds(92);
    guest.wait();
    EXPECT_EQ(guest.log.waits().front(), "SSH (1 of 7)");
    EXPECT_THAT(guest.log.waits(), Contains("the services' units (2 of 7), about 2 min left"));
}

TEST(Readiness, ABootingGuestIsTriedAgain) {
    FakeAccess guest;
    guest.connect = [&] {
        if (guest.connects == 1) throw NotYetListening("connection refused");
        if (guest.connects == 2) throw TimeoutError("timed out waiting for the banner");
        if (guest.connects == 3) throw TransportError("the server broke off: the system is booting up");
    };
    guest.wait();
    EXPECT_EQ(guest.connects, 4);
}

TEST(Readiness, AWrongHostKeyEndsTheWaitAtOnce) {
    const AtOnce measured;
    FakeAccess guest;
    guest.connect = [] { throw HostKeyError("the server's key is another"); };
    EXPECT_THAT(errorOf<GuestError>([&] { guest.wait(AtOnce::waitedFor()); }),
                HasSubstr("another machine answers: the server's key is another"));
    EXPECT_EQ(guest.connects, 1);
}

TEST(Readiness, ARefusedKeyEndsTheWaitAtOnce) {
    const AtOnce measured;
    FakeAccess guest;
    guest.connect = [] { throw AuthenticationError("the server refused the key of 'admin'", {"publickey"}); };
    EXPECT_THAT(errorOf<GuestError>([&] { guest.wait(AtOnce::waitedFor()); }), HasSubstr("does not let its admin in"));
    EXPECT_EQ(guest.connects, 1);
}

TEST(Readiness, AFailedUnitEndsTheWaitWithItsJournal) {
    FakeAccess guest;
    guest.states["odoo.service"] = "ActiveState=failed\nSubState=failed\nResult=exit-code\n";
    const auto message = errorOf<GuestError>([&] { guest.wait(); });
    EXPECT_THAT(message, HasSubstr("odoo.service is failed (failed), result 'exit-code'"));
    EXPECT_THAT(message, HasSubstr("journal of --unit=odoo.service"));
}

TEST(Readiness, AnyOtherFailedUnitEndsItToo) {
    FakeAccess guest;
    guest.failedUnits = "strange.service loaded failed failed Something strange\n";
    const auto message = errorOf<GuestError>([&] { guest.wait(); });
    EXPECT_THAT(message, HasSubstr("strange.service has failed"));
    EXPECT_THAT(message, HasSubstr("journal of --unit=strange.service"));
}

TEST(Readiness, AUnitThatFailsWhileTheWebIsAwaitedEndsTheWait) {
    FakeAccess guest;
    guest.https = [&](const std::string&) -> long {
        guest.states["odoo.service"] = "ActiveState=failed\nSubState=failed\n";
        return 502;
    };
    EXPECT_THAT(errorOf<GuestError>([&] { guest.wait(); }), HasSubstr("odoo.service is failed"));
}

TEST(Readiness, OdoosWebsocketServerIsWaitedForAfterItsPages) {
    // Observed: nginx answers 502 on this path for seconds after Odoo's pages are available.
    FakeAccess guest;
    int asked = 0;
    guest.https = [&](const std::string& path) { return path == "/websocket/health" && ++asked < 3 ? 502L : 200L; };
    guest.wait();
    EXPECT_EQ(asked, 3);
    EXPECT_THAT(guest.log.lines(), Contains(HasSubstr("websocket server on https://odoo-host/websocket/health: there")));
}

TEST(Readiness, APgadminThatItsSocketStartsIsEnoughUntilItWasAsked) {
    FakeAccess guest;
    guest.states["pgadmin.service"] = "ActiveState=inactive\nSubState=dead\nTriggeredBy=pgadmin.socket\n";
    guest.https = [&](const std::string& path) {
        if (path == "/pgadmin/") guest.states["pgadmin.service"] = "ActiveState=active\nSubState=running\n";
        return 302L;
    };
    EXPECT_NO_THROW(guest.wait());
}

TEST(Readiness, ASlowDatabaseIsWaitedFor) {
    FakeAccess guest;
    guest.psqlAnswers = {"", "", "1\n"};
    EXPECT_NO_THROW(guest.wait());
}

TEST(Readiness, ALostSessionIsMadeAnew) {
    FakeAccess guest;
    int runs = 0;
    guest.beforeRun = [&] {
        if (++runs == 2) throw SessionLost("the network was set up anew");
    };
    guest.wait();
    EXPECT_EQ(guest.connects, 2);
}

TEST(Readiness, ThePassedDeadlineTellsWhatWasMissingAndHowItStood) {
    FakeAccess guest;
    guest.https = [](const std::string& path) { return path.starts_with("/pgadmin") ? 502L : 303L; };
    const auto message = errorOf<TimeoutError>([&] { guest.wait(Deadline::in(std::chrono::milliseconds(200))); });
    EXPECT_THAT(message, HasSubstr("timed out waiting for pgAdmin on https://odoo-host/pgadmin/: HTTP status 502"));
}

TEST(Readiness, NothingOnTheWayMayTakeLongerThanTheWhole) {
    FakeAccess guest;
    guest.https = [](const std::string&) { return 502L; };
    const auto deadline = Deadline::in(std::chrono::milliseconds(300));
    EXPECT_THAT(errorOf<TimeoutError>([&] { guest.wait(deadline); }), HasSubstr("HTTP status 502"));
    EXPECT_LE(guest.latest, deadline.at());
}

TEST(Readiness, ADeadMachineEndsTheWaitAtOnce) {
    const AtOnce measured;
    FakeAccess guest;
    guest.https = [&](const std::string&) -> long {
        guest.failure.declare("kernel panic");
        throw TransportError("connection refused");
    };
    EXPECT_EQ(errorOf<GuestError>([&] { guest.wait(Deadline::never()); }), "kernel panic");
}

}  // namespace
}  // namespace boxtest
