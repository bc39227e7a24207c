#include "web/WebDriver.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "AtOnce.hpp"
#include "base/AtomicFile.hpp"
#include "base/RunProgram.hpp"
#include "base/TemporaryFolder.hpp"
#include "integration/MessageOf.hpp"
#include "integration/TlsServer.hpp"
#include "unit/base/ScopedVariable.hpp"
#include "web/Certificate.hpp"

namespace boxtest::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A shell script that PATH finds before the program of the host with the same name.
class OwnProgram {
   public:
    OwnProgram(const std::string& name, const std::string& script) {
        std::ofstream(folder() / name) << "#!/bin/sh\n" << script;
        std::filesystem::permissions(folder() / name, std::filesystem::perms::owner_all);
    }
    const std::filesystem::path& folder() const { return folder_.path(); }

   private:
    TemporaryFolder folder_{"programs"};
    ScopedVariable path_{"PATH", folder_.path().string() + ":" + std::getenv("PATH")};
};

Deadline minutes() { return Deadline::in(std::chrono::minutes(5)); }

class WebDriverTest : public ::testing::Test {
   protected:
    WebDriverOptions options(const std::string& pin) const {
        return {.domain = "odoo-host", .httpsPort = server_.options().httpsPort, .keyPin = pin};
    }
    std::string pin() const {
        HttpClient client(server_.options());
        return Certificate::parse(client.get("/who").certificates.at(0)).keyPin;
    }
    TlsServer server_;
};

TEST_F(WebDriverTest, NeedsNoProxyHoweverTheEnvironmentNamesOne) {
    const char* const nobody = "http://127.0.0.1:1";
    const ScopedVariable http("http_proxy", nobody);
    const ScopedVariable https("https_proxy", nobody);
    const ScopedVariable all("all_proxy", "socks5://127.0.0.1:1");
    const ScopedVariable allInCapitals("ALL_PROXY", nobody);
    WebDriver browser(options(pin()), minutes());
    browser.open("/who", minutes());
    EXPECT_THAT(browser.text("body", minutes()), HasSubstr("odoo-host"));
}

TEST_F(WebDriverTest, ShowsAPageOfTheOneSiteAndTakesItsPicture) {
    WebDriver browser(options(pin()), minutes());
    browser.open("/who", minutes());
    EXPECT_EQ(browser.url(), "https://odoo-host/who");
    EXPECT_THAT(browser.text("body", minutes()), HasSubstr("odoo-host"));
    EXPECT_THAT(browser.texts("body"), ::testing::SizeIs(1));
    EXPECT_THAT(browser.screenshot(), StartsWith("\x89PNG"));
    browser.waitUntilGone(".not-there", minutes());
    EXPECT_THAT(messageOf<TimeoutError>([&] { browser.click(".not-there", Deadline::in(std::chrono::milliseconds(500))); }),
                AllOf(HasSubstr("to click '.not-there' (no such element)"), HasSubstr("https://odoo-host/who")));
    EXPECT_THAT(messageOf<TransportError>([&] { browser.click("[", minutes()); }), HasSubstr("cannot click '['"));
}

TEST_F(WebDriverTest, TellsAtOnceOfABrowserThatEndsAsSoonAsItIsStarted) {
    const OwnProgram browserProgram("chromium", "echo 'a library is missing' >&2\nexit 127\n");
    // If the end of the browser were not noticed, this would wait for an hour and throw a TimeoutError.
    const auto message = messageOf<TransportError>([&] { WebDriver browser(options({}), Deadline::in(std::chrono::hours(1))); });
    EXPECT_THAT(message, HasSubstr("a library is missing"));
}

TEST_F(WebDriverTest, StartsTheDriverAgainWhenItsPortWasTaken) {
    const auto real = findProgram("chromedriver");
    ASSERT_TRUE(real);
    const OwnProgram driver("chromedriver", fmt::format("cd \"${{0%/*}}\"\necho >> starts\n"
                                                        "if [ $(wc -l < starts) -le 3 ]; then\n"
                                                        "    echo 'IPv4 port not available. Exiting...'\n    exit 1\nfi\n"
                                                        "exec '{}' \"$@\"\n",
                                                        real->string()));
    WebDriver browser(options(pin()), minutes());
    browser.open("/who", minutes());
    EXPECT_EQ(readWholeFile(driver.folder() / "starts"), "\n\n\n\n");
}

TEST_F(WebDriverTest, GivesUpADriverThatNeverStarts) {
    const auto started = [&] {
        return messageOf<TransportError>([&] { WebDriver browser(options({}), Deadline::in(std::chrono::hours(1))); });
    };
    {
        const OwnProgram driver("chromedriver", "echo >> \"${0%/*}/starts\"\necho 'IPv4 port not available. Exiting...'\n");
        EXPECT_THAT(started(), HasSubstr("IPv4 port not available"));
        EXPECT_THAT(readWholeFile(driver.folder() / "starts"), ::testing::SizeIs(20));
    }
    const OwnProgram driver("chromedriver", "echo >> \"${0%/*}/starts\"\necho 'a library is missing'\n");
    EXPECT_THAT(started(), HasSubstr("a library is missing"));
    EXPECT_THAT(readWholeFile(driver.folder() / "starts"), ::testing::SizeIs(1));
}

TEST_F(WebDriverTest, DeclaredLatchEndsAWaitAtOnce) {
    FailureLatch latch;
    auto watched = options(pin());
    watched.failure = &latch;
    WebDriver browser(watched, minutes());
    browser.open("/who", minutes());
    const AtOnce measured;
    std::thread declarer([&] { latch.declare("QEMU exited"); });
    EXPECT_EQ(messageOf<GuestError>([&] { browser.text(".not-there", AtOnce::waitedFor()); }), "QEMU exited");
    declarer.join();
}

TEST_F(WebDriverTest, TakesNoCertificateOfAnotherKey) {
    WebDriver browser(options("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), minutes());
    EXPECT_THAT(messageOf<TransportError>([&] { browser.open("/who", minutes()); }),
                AllOf(HasSubstr("https://odoo-host/who"), HasSubstr("ERR_CERT_AUTHORITY_INVALID")));
}

}  // namespace
}  // namespace boxtest::testing
