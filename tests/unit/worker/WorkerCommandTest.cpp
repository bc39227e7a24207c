#include "worker/WorkerCommand.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <array>

#include "Deadlines.hpp"
#include "base/Error.hpp"
#include "base/FileDescriptor.hpp"
#include "unit/base/ErrorOf.hpp"
#include "worker/CommandReader.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;
using Kind = WorkerCommand::Kind;

TEST(WorkerCommandTest, WhatIsWrittenIsRead) {
    for (const auto kind : {Kind::connect, Kind::run, Kind::pause, Kind::go, Kind::end})
        EXPECT_EQ(WorkerCommand::parse(WorkerCommand{.kind = kind}.line()).kind, kind);
    const auto keep = WorkerCommand::parse(WorkerCommand{.kind = Kind::keep, .folder = "/a \"b\""}.line());
    EXPECT_EQ(keep.kind, Kind::keep);
    EXPECT_EQ(keep.folder, "/a \"b\"");
    const GuestConnections connections{GuestConnection::rootShell, GuestConnection::handymanTunnel};
    const auto next = WorkerCommand::parse(
        WorkerCommand{.kind = Kind::next, .connections = connections, .scenario = "TcpRefused.X", .output = "/a \"b\""}.line());
    EXPECT_EQ(next.kind, Kind::next);
    EXPECT_EQ(next.connections, connections);
    EXPECT_EQ(next.scenario, "TcpRefused.X");
    EXPECT_EQ(next.output, "/a \"b\"");
    for (const auto kind : {Kind::connect, Kind::run})
        EXPECT_EQ(WorkerCommand::parse(WorkerCommand{.kind = kind, .connections = connections}.line()).connections, connections);
    const auto discard = WorkerCommand::parse(WorkerCommand{.kind = Kind::discard, .reason = "five are\nkept"}.line());
    EXPECT_EQ(discard.kind, Kind::discard);
    EXPECT_EQ(discard.reason, "five are\nkept");
}

TEST(WorkerCommandTest, AnythingElseIsRefusedWithItsText) {
    EXPECT_THAT(errorOf<TransportError>([] { WorkerCommand::parse("hello"); }), HasSubstr("'hello' is no command for a worker"));
    EXPECT_THAT(errorOf<TransportError>([] { WorkerCommand::parse(R"({"command":"jump"})"); }), HasSubstr("'jump'"));
    EXPECT_THAT(errorOf<TransportError>([] { WorkerCommand::parse(R"({"command":"keep"})"); }), HasSubstr("folder"));
    EXPECT_THAT(errorOf<TransportError>([] { WorkerCommand::parse(R"({"command":"next","output":"/x"})"); }),
                HasSubstr("scenario"));
    EXPECT_THAT(errorOf<TransportError>([] { WorkerCommand::parse(R"({"command":"run","connections":["window"]})"); }),
                HasSubstr("'window' is no way to a guest"));
}

class CommandReaderTest : public testing::Test {
   protected:
    CommandReaderTest() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        read_ = FileDescriptor(ends[0]);
        write_ = FileDescriptor(ends[1]);
    }
    void write(const std::string& text) {
        EXPECT_EQ(::write(write_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    FileDescriptor read_, write_;
};

TEST_F(CommandReaderTest, ReadsOneCommandAfterTheOther) {
    CommandReader reader(read_.get());
    write(WorkerCommand{.kind = Kind::connect}.line() + WorkerCommand{.kind = Kind::run}.line() + "{\"comm");
    EXPECT_EQ(reader.next(soon())->kind, Kind::connect);
    EXPECT_EQ(reader.next(soon())->kind, Kind::run);
    write("and\":\"end\"}\n");
    EXPECT_EQ(reader.next(soon())->kind, Kind::end);
    write_.reset();
    EXPECT_FALSE(reader.next(soon()).has_value()) << "the other side has gone";
}

TEST_F(CommandReaderTest, WaitsNoLongerThanTheDeadlineAndTheMachine) {
    CommandReader reader(read_.get());
    EXPECT_THAT(errorOf<TimeoutError>([&] { reader.next(Deadline::in(std::chrono::milliseconds(1))); }),
                HasSubstr("next command"));
    FailureLatch failure;
    failure.declare("QEMU died");
    EXPECT_EQ(errorOf<GuestError>([&] { reader.next(Deadline::never(), &failure); }), "QEMU died");
}

}  // namespace
}  // namespace boxtest
