#include <gmock/gmock.h>

#include "base/AtomicFile.hpp"
#include "base/Process.hpp"
#include "integration/LocalSshd.hpp"
#include "integration/MessageOf.hpp"
#include "unit/base/ScopedVariable.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A user's own SSH configuration, which names the server "box".
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

/// An SSH agent that holds one key. The destructor ends its process.
class Agent {
   public:
    Agent(const std::filesystem::path& socket, const std::filesystem::path& key)
        : process_(Process::start({"ssh-agent", "-a", socket.string(), "sh", "-c", R"(ssh-add -q "$1" && echo there && exec cat)",
                                   "sh", key.string()},
                                  {.input = Stream::pipe, .output = Stream::pipe})) {
        char letter = 0;
        while (letter != '\n' && ::read(process_.output().get(), &letter, 1) == 1) continue;
        if (letter != '\n') throw Error(ErrorKind::system, "ssh-agent takes no key");
    }

   private:
    Process process_;
};

TEST_F(SessionByConfig, AKeyOfTheAgentLetsOneIn) {
    const auto socket = folder_.path() / "agent";
    auto options = by(sshd_.target().hostKey, folder_.path() / "no_such_key");
    const auto config = readWholeFile(options.config);
    const std::string none = "  IdentityAgent none\n";
    ASSERT_THAT(config, HasSubstr(none));
    writeFileAtomically(options.config, std::string(config).erase(config.find(none), none.size()), 0600);
    const ScopedVariable variable("SSH_AUTH_SOCK", socket.string());
    {
        const Agent strangers(socket, sshd_.strangersKey());
        EXPECT_THAT(messageOf<AuthenticationError>([&] { Session::connect(options, soon()); }),
                    HasSubstr("every key of the agent"));
    }
    std::filesystem::remove(socket);
    const Agent agent(socket, sshd_.key());
    auto session = Session::connect(options, soon());
    EXPECT_EQ(session.run("echo here").out, "here\n");
}

/// A server behind a jump host. Neither of them is in the files that ssh reads by default.
class SessionByJump : public SessionByConfig {
   protected:
    SshByConfig byJump(const std::string& knownKeyOfJump) {
        const auto jump = jump_.target();
        const auto port = std::to_string(jump.port);
        auto options = by(sshd_.target().hostKey, sshd_.key(),
                          "  ProxyJump " + jump_.user() + "@127.0.0.1:" + port + "\nHost 127.0.0.1\n  IdentityFile " +
                              jump_.key().string() + "\n  IdentityAgent none\n  GlobalKnownHostsFile /dev/null\n" +
                              "  UserKnownHostsFile " + (folder_.path() / "known_jumps").string() + "\n");
        writeFileAtomically(folder_.path() / "known_jumps", "[127.0.0.1]:" + port + " " + knownKeyOfJump + "\n", 0600);
        return options;
    }

    LocalSshd jump_;
};

TEST_F(SessionByJump, AJumpHostIsReachedByTheSameConfiguration) {
    auto session = Session::connect(byJump(jump_.target().hostKey), soon());
    EXPECT_EQ(session.run("echo here").out, "here\n");
    EXPECT_THAT(jump_.log(), HasSubstr("Accepted publickey"));
}

TEST_F(SessionByJump, AJumpHostWithAnotherHostKeyIsNotLoggedInTo) {
    const auto options = byJump(jump_.otherHostKey());
    EXPECT_THAT(messageOf<TransportError>([&] { Session::connect(options, soon()); }),
                HasSubstr("cannot make an SSH connection to box"));
    EXPECT_THAT(jump_.log(), Not(HasSubstr("Accepted publickey")));
    EXPECT_THAT(sshd_.log(), Not(HasSubstr("Connection from")));
}

}  // namespace
}  // namespace boxtest::testing
