#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <thread>

#include "Deadlines.hpp"
#include "integration/LocalSshd.hpp"
#include "ssh/Session.hpp"

namespace boxtest::testing {
namespace {

using ::testing::HasSubstr;

/// An SSH server that shows a token before the login, as a fork's server does.
struct SessionToken : ::testing::Test {
    void tell(const std::string& text) const { std::ofstream(banner) << text; }
    Session connect(const std::string& token) const {
        auto target = sshd.target();
        target.token = token;
        return Session::connect(target, sshd.user(), sshd.key(), soon());
    }
    std::string errorOfConnect(const std::string& token) const {
        try {
            connect(token);
        } catch (const HostKeyError& error) {
            return error.what();
        }
        return "connected";
    }

    TemporaryFolder folder{"token"};
    std::filesystem::path banner = folder.path() / "token";
    LocalSshd sshd{"Banner " + banner.string()};
};

TEST_F(SessionToken, IsCheckedWhenOneIsExpected) {
    tell("0123456789abcdef\n");
    EXPECT_EQ(connect("0123456789abcdef").run("echo hello").out, "hello\n");
    EXPECT_EQ(connect("").run("echo hello").out, "hello\n");
}

TEST_F(SessionToken, OfAnotherMachineEndsTheConnection) {
    tell("fedcba9876543210\n");
    EXPECT_THAT(errorOfConnect("0123456789abcdef"),
                HasSubstr("it has the right host key, but shows another token ('fedcba9876543210')"));
}

TEST_F(SessionToken, ThatIsMissingEndsTheConnection) {
    EXPECT_THAT(errorOfConnect("0123456789abcdef"), HasSubstr("it has the right host key, but shows no token"));
}

TEST_F(SessionToken, IsCheckedBeforeARefusalIsBelieved) {
    tell("fedcba9876543210\n");
    auto target = sshd.target();
    target.token = "0123456789abcdef";
    EXPECT_THROW(Session::connect(target, sshd.user(), sshd.strangersKey(), soon()), HostKeyError);
    EXPECT_THROW(Session::offeredMethods(target, sshd.user(), soon()), HostKeyError);
}

TEST_F(SessionToken, MayComeWhileTheConnectionIsMade) {
    std::promise<void> told;
    auto target = sshd.target();
    target.token = "0123456789abcdef";
    target.tokenTold = told.get_future().share();
    std::thread teller([&] {
        tell("0123456789abcdef\n");
        told.set_value();
    });
    EXPECT_EQ(Session::connect(target, sshd.user(), sshd.key(), soon()).run("echo hello").out, "hello\n");
    teller.join();
}

TEST_F(SessionToken, ThatWillNotComeEndsTheConnection) {
    std::promise<void> told;
    auto target = sshd.target();
    target.tokenTold = told.get_future().share();
    const auto connect = [&](Deadline deadline) { Session::connect(target, sshd.user(), sshd.key(), deadline); };
    try {
        connect(Deadline::in(std::chrono::milliseconds(500)));
        ADD_FAILURE() << "connected without a token";
    } catch (const TimeoutError& error) {
        EXPECT_THAT(error.what(), HasSubstr("to show its token"));
    }
    told.set_exception(std::make_exception_ptr(GuestError("the fork does not come to life")));
    EXPECT_THROW(connect(soon()), GuestError);
}

}  // namespace
}  // namespace boxtest::testing
