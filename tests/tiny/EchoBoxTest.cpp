/// The example's scenarios, each on a separate fork.
#include <gmock/gmock.h>

#include "ssh/Tunnel.hpp"
#include "tiny/EchoClient.hpp"
#include "tiny/TinyFixture.hpp"

namespace boxtest {
namespace {

using testing::HasSubstr;

class EchoBoxScenario : public TinyFixture {};

TEST_F(EchoBoxScenario, SendsBackWhatItGets) {
    const auto machine = fork();
    auto connection = session(*machine, "user");
    const auto tunnel = Tunnel::toUnixSocket(connection, echoSocket());
    EXPECT_EQ(EchoClient(tunnel.socket()).exchange("hello", patiently()), "hello");
}

TEST_F(EchoBoxScenario, KeepsItsHostKeyFromUsers) {
    const auto machine = fork();
    EXPECT_THAT(told(*machine, "cat /etc/ssh/ssh_host_ed25519_key"), HasSubstr("PRIVATE KEY")) << "it is there";
    EXPECT_THAT(session(*machine, "user").run("cat /etc/ssh/ssh_host_ed25519_key").err, HasSubstr("Permission denied"));
}

TEST_F(EchoBoxScenario, AnswersAgainAfterAReboot) {
    const auto machine = fork();
    const auto before = told(*machine, "cat /proc/sys/kernel/random/boot_id");
    machine->reboot(
        [&] {
            try {
                session(*machine).run("reboot -f");
            } catch (const SessionLost&) {
                // The reboot has already ended the session.
            }
        },
        patiently());
    waitUntilReady(*machine);
    EXPECT_NE(told(*machine, "cat /proc/sys/kernel/random/boot_id"), before);
    auto connection = session(*machine, "user");
    const auto tunnel = Tunnel::toUnixSocket(connection, echoSocket());
    EXPECT_EQ(EchoClient(tunnel.socket()).exchange("hello again", patiently()), "hello again");
}

}  // namespace
}  // namespace boxtest
