#include "vm/Qmp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/base/ErrorOf.hpp"
#include "unit/vm/FakeHost.hpp"

namespace boxtest {
namespace {

using namespace std::chrono_literals;
using ::testing::AnyOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Json = nlohmann::json;

/// A fake QEMU, with a QMP connection.
struct Connected {
    explicit Connected(const std::string& behaviour = "", Deadline deadline = soon())
        : host(behaviour), qemu(host.launch()), qmp(Qmp::connect(qmpSocketIn(host.folder.path()), deadline, &host.failure)) {}
    FakeHost host;
    std::unique_ptr<QemuProcess> qemu;
    Qmp qmp;
};

TEST(Qmp, ReturnsWhatACommandReturns) {
    Connected connected;
    EXPECT_EQ(connected.qmp.execute("fake-nothing", soon()), Json::object());
    EXPECT_EQ(connected.qmp.humanCommand("info status", soon()), "unknown command: 'info status'\r\n");
}

TEST(Qmp, ReadsAnswersThatComeByteByByte) {
    Connected connected("fake.split-qmp");
    EXPECT_EQ(connected.qmp.execute("fake-nothing", soon()), Json::object());
}

TEST(Qmp, ARefusedCommandIsAnErrorWithClassAndDescription) {
    Connected connected;
    try {
        connected.qmp.execute("no-such-command", soon());
        FAIL() << "threw nothing";
    } catch (const QmpError& refused) {
        EXPECT_EQ(refused.errorClass(), "CommandNotFound");
        EXPECT_EQ(refused.description(), "The command no-such-command has not been found");
        EXPECT_STREQ(refused.what(),
                     "QEMU refused 'no-such-command': The command no-such-command has not been found (CommandNotFound)");
    }
    EXPECT_EQ(connected.qmp.execute("fake-nothing", soon()), Json::object());
}

TEST(Qmp, KeepsEventsInTheirOrder) {
    Connected connected;
    for (const char* name : {"FIRST", "SECOND", "THIRD"}) connected.qmp.execute("fake-event", {{"name", name}}, soon());
    EXPECT_EQ(connected.qmp.waitForEvent("SECOND", soon())["data"]["name"], "SECOND");
    const auto rest = connected.qmp.takeEvents();
    ASSERT_THAT(rest, SizeIs(1));
    EXPECT_EQ(rest[0]["event"], "THIRD");
    EXPECT_THAT(connected.qmp.takeEvents(), SizeIs(0));
    EXPECT_EQ(errorOf<TimeoutError>([&] { connected.qmp.waitForEvent("STOP", Deadline::in(10ms)); }),
              "timed out waiting for QEMU's event STOP");
}

TEST(Qmp, SurvivesAFloodOfEventsAndKeepsTheLastThousand) {
    Connected connected("fake.flood-qmp");
    EXPECT_EQ(connected.qmp.execute("fake-nothing", soon()), Json::object());
    const auto kept = connected.qmp.takeEvents();
    ASSERT_THAT(kept, SizeIs(1000));
    EXPECT_EQ(kept.back()["data"]["number"], 19999);
}

TEST(Qmp, ASilentQemuIsATimeoutThatNamesTheCommand) {
    Connected connected;
    EXPECT_EQ(errorOf<TimeoutError>([&] { connected.qmp.execute("fake-hang", Deadline::in(50ms)); }),
              "timed out waiting for QEMU's answer to 'fake-hang'");
}

TEST(Qmp, AnAnswerThatComesTooLateIsNotTakenForTheNext) {
    Connected connected;
    EXPECT_THROW(connected.qmp.execute("fake-hang", Deadline::in(50ms)), TimeoutError);
    EXPECT_EQ(connected.qmp.execute("fake-answer-late", soon()), "in time");
}

TEST(Qmp, AnAnswerWithoutSenseIsQuoted) {
    Connected connected;
    const auto message = errorOf<TransportError>([&] { connected.qmp.execute("fake-answer-nonsense", soon()); });
    EXPECT_THAT(message, StartsWith("QEMU's answer to 'fake-answer-nonsense' is not QMP: "));
    EXPECT_THAT(message, HasSubstr("sense"));
}

TEST(Qmp, AMissingGreetingIsATimeout) {
    EXPECT_EQ(errorOf<TimeoutError>([] { Connected("fake.hang-before-greeting", Deadline::in(200ms)); }),
              "timed out waiting for QEMU's QMP greeting");
}

TEST(Qmp, GarbageInsteadOfAGreetingIsQuoted) {
    EXPECT_EQ(errorOf<TransportError>([] { Connected("fake.garbage-in-qmp"); }),
              "QEMU's QMP socket sent no QMP while waiting for QEMU's QMP greeting: \"SSH-2.0-OpenSSH_10.0\\r\"");
}

TEST(Qmp, ALineWithoutAnEndIsNotReadForever) {
    EXPECT_THAT(errorOf<TransportError>([] { Connected("fake.endless-qmp"); }),
                StartsWith("QEMU's QMP socket sent a line without an end while waiting for QEMU's QMP greeting: \"   "));
}

TEST(Qmp, AClosedConnectionIsATransportErrorWhileQemuLives) {
    FakeHost host("fake.close-qmp");
    const auto qemu = host.launch();
    // Without a latch, connect() does not wait for the reason of QEMU's end.
    const auto message = errorOf<TransportError>([&] { Qmp::connect(qmpSocketIn(host.folder.path()), soon()); });
    EXPECT_THAT(message, AnyOf(StartsWith("cannot send to QEMU by QMP: "),
                               EndsWith("while waiting for QEMU's answer to 'qmp_capabilities'")));
    EXPECT_FALSE(qemu->waitForEnd(Deadline::in(0s)));
}

TEST(Qmp, AConnectionLostByQemusDeathGivesItsLastWords) {
    Connected connected;
    const auto message = errorOf<GuestError>([&] { connected.qmp.execute("fake-die", soon()); });
    EXPECT_THAT(message, EndsWith("exited with status 3; its last words: fake-qemu: the disk image is corrupt; please repair"));
}

TEST(Qmp, AWaitEndsWithTheLatch) {
    Connected connected;
    connected.host.failure.declare("interrupted");
    EXPECT_EQ(errorOf<GuestError>([&] { connected.qmp.execute("fake-hang", Deadline::never()); }), "interrupted");
}

TEST(Qmp, SaysWhichSocketCouldNotBeConnectedTo) {
    EXPECT_EQ(errorOf<TransportError>([] { Qmp::connect("/nonexistent/qmp.sock", soon()); }),
              "cannot connect to the QMP socket '/nonexistent/qmp.sock': No such file or directory");
    const std::string longPath = "/tmp/" + std::string(120, 'x');
    EXPECT_EQ(errorOf<SystemError>([&] { Qmp::connect(longPath, soon()); }),
              "cannot use '" + longPath + "' as a socket: File name too long");
}

}  // namespace
}  // namespace boxtest
