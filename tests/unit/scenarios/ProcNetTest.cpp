#include "ProcNet.hpp"

#include <gmock/gmock.h>

#include "base/Error.hpp"

namespace boxtest {
namespace {

constexpr auto tables =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 12345 1 0000000000000000 100 0 0 "
    "10 0\n"
    "   1: 0F02000A:0016 0202000A:D2F0 01 00000000:00000000 02:0004E8B5 00000000     0        0 777 2 0000000000000000 20 4 29 "
    "10 -1\n"
    "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt "
    "  uid  timeout inode\n"
    "   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 "
    "   33        0 99 1 0 100 0 0 10 0\n"
    "   1: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 "
    "  106        0 98 1 0 100 0 0 10 0\n";

TEST(ProcNet, ReadsAddressPortStateAndInodeOfBothTables) {
    const auto sockets = parseProcNet(tables);
    ASSERT_EQ(sockets.size(), 4U);
    EXPECT_EQ(sockets[0].describe(), "127.0.0.1:5432");
    EXPECT_TRUE(sockets[0].listening);
    EXPECT_EQ(sockets[0].inode, "12345");
    EXPECT_EQ(sockets[0].user, "106");
    EXPECT_EQ(sockets[1].describe(), "10.0.2.15:22");
    EXPECT_FALSE(sockets[1].listening) << "an established connection is no listener";
    EXPECT_EQ(sockets[2].describe(), "[::]:443");
    EXPECT_EQ(sockets[2].reachableAt(), "::1");
    EXPECT_EQ(sockets[3].describe(), "[::1]:5432");
}

TEST(ProcNet, RefusesALineThatIsNone) {
    EXPECT_THROW(parseProcNet("cat: /proc/1/net/tcp: Permission denied\n"), GuestError);
    EXPECT_THROW(parseProcNet("   0: 0100007F 00000000:0000 0A a b c d e f\n"), GuestError);
    EXPECT_TRUE(parseProcNet("").empty());
}

TEST(ProcNet, FindsTheMachinesOwnAddresses) {
    EXPECT_THAT(
        parseLocalAddresses("Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.2.0\n        /24 link UNICAST\n     |-- 10.0.2.15\n     "
                            "   /32 host LOCAL\n"
                            "     |-- 127.0.0.1\n        /32 host LOCAL\nLocal:\n     |-- 10.0.2.15\n        /32 host LOCAL\n"),
        testing::ElementsAre("10.0.2.15", "127.0.0.1"));
}

TEST(ProcNet, ReadsTheMachinesOwnIpv6AddressesLinkLocalOnesWithTheirCard) {
    EXPECT_THAT(parseLocalAddresses6("00000000000000000000000000000001 01 80 10 80       lo\n"
                                     "fec00000000000005054000000123456 02 40 40 00     ens3\n"
                                     "fe80000000000000505400fffe123456 02 40 20 80     ens3\n"),
                testing::ElementsAre("::1", "fec0::5054:0:12:3456", "fe80::5054:ff:fe12:3456%ens3"));
    EXPECT_THROW(parseLocalAddresses6("cat: /proc/1/net/if_inet6: No such file\n"), GuestError);
}

}  // namespace
}  // namespace boxtest
