#include "vm/Ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"
#include "unit/base/ErrorOf.hpp"
#include "unit/manifest/FakeGuest.hpp"

namespace boxtest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string usernet =
    "net:\r\n"
    "  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\r\n"
    "  TCP[ESTABLISHED]   19       127.0.0.1 35555       10.0.2.15    22     0     0\r\n"
    "  TCP[HOST_FORWARD]  13       127.0.0.1 39267       10.0.2.15    22     0     0\r\n"
    "  TCP[HOST_FORWARD]  12       127.0.0.1 44243       10.0.2.15    80     0     0\r\n"
    "  TCP[HOST_FORWARD]  11       127.0.0.1 65535       10.0.2.15   443     0     0\r\n"
    "  UDP[236 sec]       41       10.0.2.15 54321        10.0.2.3    53     0     0\r\n";

TEST(Ports, AreReadFromTheMonitorsTable) {
    const auto ports = Ports::forwardedBy(Usernet::parse(usernet), FakeGuest().load().guest());
    EXPECT_EQ(ports.ssh, 39267);
    EXPECT_EQ(ports.http, 44243);
    EXPECT_EQ(ports.https, 65535);
}

TEST(Ports, ThatAreNotAllThereAreAnErrorWithTheWholeTable) {
    const auto text = usernet.substr(0, usernet.find("  TCP[HOST_FORWARD]  11"));
    const auto message = errorOf<GuestError>([&] { Ports::forwardedBy(Usernet::parse(text), FakeGuest().load().guest()); });
    EXPECT_THAT(message,
                StartsWith("QEMU does not forward the guest's ports 22, 80 and 443 from 127.0.0.1; `info usernet` says:\nnet:"));
    EXPECT_THAT(message, HasSubstr("44243"));
}

TEST(Ports, OnAnotherAddressThanLoopbackDoNotCount) {
    auto text = usernet;
    text.replace(text.find("127.0.0.1 44243"), 9, "  0.0.0.0");
    EXPECT_THAT(errorOf<GuestError>([&] { Ports::forwardedBy(Usernet::parse(text), FakeGuest().load().guest()); }),
                StartsWith("QEMU does not forward"));
}

TEST(Usernet, TellsConnectionsFromForwards) {
    const std::string head =
        "Hub -1 (#net048):\n  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ\n";
    const std::string forward = "  TCP[HOST_FORWARD]  11       127.0.0.1  2300       10.0.2.15    22     0     0\n";
    EXPECT_FALSE(Usernet::parse(head + forward).hasConnections());
    EXPECT_TRUE(
        Usernet::parse(head + forward + "  TCP[ESTABLISHED]  15       127.0.0.1  2300       10.0.2.15    22     0     0\n")
            .hasConnections());
    EXPECT_FALSE(Usernet::parse(head + forward + "  TCP[TIME_WAIT]  15       127.0.0.1  2300       10.0.2.15    22     0     0\n")
                     .hasConnections());
}

}  // namespace
}  // namespace boxtest
