#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "integration/LocalSshd.hpp"
#include "integration/MessageOf.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;

/// A person's own configuration, which knows the server as "box".
class SessionByConfig : public ::testing::Test {
   protected:
    SshByConfig by(const std::string& knownKey, const std::filesystem::path& identity, const std::string& more = {}) {
        const auto target = sshd_.target();
        writeFileAtomically(folder_.path() / "known_hosts", "[127.0.0.1]:" + std::to_string(target.port) + " " + knownKey + "\n",
                            0600);
        writeFileAtomically(folder_.path() / "config",
                            "Host box\n  HostName 127.0.0.1\n  Port " + std::to_string(target.port) + "\n  IdentityFile " +
                                identity.string() +
                                "\n  IdentityAgent none\n  GlobalKnownHostsFile /dev/null\n  UserKnownHostsFile " +
                                (folder_.path() / "known_hosts").string() + "\n" + more,
                            0600);
        return {.host = "box", .user = sshd_.user(), .config = folder_.path() / "config"};
    }
    static Deadline soon() { return Deadline::in(std::chrono::minutes(1)); }

    LocalSshd sshd_;
    TemporaryFolder folder_{"config"};
};

TEST_F(SessionByConfig, HostPortKeyAndKnownHostsComeFromIt) {
    auto session = Session::connect(by(sshd_.target().hostKey, sshd_.key()), soon());
    EXPECT_EQ(session.run("echo here").out, "here\n");
}

TEST_F(SessionByConfig, WhatStandsBeforeCommandsIsRunWithEach) {
    auto options = by(sshd_.target().hostKey, sshd_.key());
    options.before = "before=yes; ";
    auto session = Session::connect(options, soon());
    const auto result = session.run("echo $before; exit 3");
    EXPECT_EQ(result.out, "yes\n");
    EXPECT_EQ(result.exitStatus, 3);
}

TEST_F(SessionByConfig, AnUnknownHostKeyIsRefusedWhateverTheConfigurationSays) {
    const auto options = by("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==", sshd_.key(), "  StrictHostKeyChecking accept-new\n");
    writeFileAtomically(folder_.path() / "known_hosts", "", 0600);
    EXPECT_THAT(messageOf<HostKeyError>([&] { Session::connect(options, soon()); }), HasSubstr("is not in known_hosts"));
}

TEST_F(SessionByConfig, AnotherHostKeyIsRefused) {
    const auto options = by(sshd_.otherHostKey(), sshd_.key());
    EXPECT_THAT(messageOf<HostKeyError>([&] { Session::connect(options, soon()); }),
                HasSubstr("another machine than known_hosts knows"));
}

TEST_F(SessionByConfig, AKeyThatTheServerDoesNotKnowIsRefused) {
    const auto options = by(sshd_.target().hostKey, sshd_.strangersKey());
    EXPECT_THAT(messageOf<AuthenticationError>([&] { Session::connect(options, soon()); }), HasSubstr("refuses user"));
}

TEST_F(SessionByConfig, AKeyThatIsGivenIsTheOnlyOne) {
    auto options = by(sshd_.target().hostKey, sshd_.key());
    options.identity = sshd_.strangersKey();
    EXPECT_THAT(messageOf<AuthenticationError>([&] { Session::connect(options, soon()); }), HasSubstr("strangers_key"));
}

}  // namespace
}  // namespace boxtest::testing
