#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <regex>

#include "Deadlines.hpp"
#include "base/Poll.hpp"
#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "ssh/TcpConnect.hpp"
#include "web/TlsHello.hpp"

namespace boxtest::testing {
namespace {

/// Reads until the text matches `wanted` or the peer closes the connection.
std::string readUntil(int fd, const std::regex& wanted) {
    std::string text;
    while (!std::regex_search(text, wanted)) {
        waitFor(fd, POLLIN, soon(), "an answer");
        std::array<char, 4096> buffer{};
        const auto size = ::read(fd, buffer.data(), buffer.size());
        if (size <= 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
}

/// OpenSSL's own test server, which accepts even the weakest ciphers.
class WeakServer {
   public:
    explicit WeakServer(const std::vector<std::string>& options) {
        const auto key = (folder_.path() / "key").string(), certificate = (folder_.path() / "certificate").string();
        const auto made = runProgram({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                                      "-keyout", key, "-out", certificate, "-subj", "/CN=odoo-host"},
                                     soon());
        EXPECT_TRUE(made.succeeded()) << made.describe();
        std::vector<std::string> argv{"openssl", "s_server", "-accept",   "127.0.0.1:0", "-key",
                                      key,       "-cert",    certificate, "-cipher",     "ALL:COMPLEMENTOFALL:@SECLEVEL=0"};
        argv.insert(argv.end(), options.begin(), options.end());
        server_.emplace(Process::start(argv, {.input = Stream::pipe, .output = Stream::pipe, .error = Stream::null}));
        const std::regex accepts(R"(ACCEPT 127\.0\.0\.1:(\d+)\n)");
        const auto said = readUntil(server_->output().get(), accepts);
        std::smatch match;
        EXPECT_TRUE(std::regex_search(said, match, accepts)) << said;
        if (!match.empty()) port_ = static_cast<std::uint16_t>(std::stoi(match[1].str()));
    }

    TlsAnswer answers(TlsVersion newest, const TlsSuite& suite) const {
        const auto connection = ssh::connectTcp("127.0.0.1", port_, soon(), nullptr);
        const auto hello = tlsClientHello("odoo-host", newest, {&suite, 1});
        EXPECT_EQ(::write(connection.get(), hello.data(), hello.size()), static_cast<ssize_t>(hello.size()));
        // An alert, or the beginning of a ServerHello.
        return TlsAnswer::parse(readUntil(connection.get(), std::regex(R"(^(\x15[^]{6}|\x16[^]{99}))")));
    }

   private:
    TemporaryFolder folder_{"weak"};
    std::optional<Process> server_;
    std::uint16_t port_ = 0;
};

constexpr TlsSuite cbc{0xc009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"};
constexpr TlsSuite unencrypted{0xc006, "ECDHE_ECDSA_WITH_NULL_SHA"};

TEST(TlsHelloServer, AServerThatTakesWhatIsOldAndWeakIsFoundOut) {
    const WeakServer server({});
    EXPECT_EQ(server.answers(TlsVersion::tls10, cbc).version, 0x0301);
    EXPECT_EQ(server.answers(TlsVersion::tls11, cbc).version, 0x0302);
    EXPECT_EQ(server.answers(TlsVersion::tls12, unencrypted).describe(), "accepted as TLS 1.2 with ECDHE_ECDSA_WITH_NULL_SHA");
    EXPECT_EQ(server.answers(TlsVersion::tls13, cbc).kind, TlsAnswer::Kind::accepted);
}

TEST(TlsHelloServer, AServerThatDoesNotRefusesByAnAlert) {
    const WeakServer server({"-no_tls1", "-no_tls1_1"});
    EXPECT_EQ(server.answers(TlsVersion::tls10, cbc).describe(), "refused with alert 70");
    EXPECT_EQ(server.answers(TlsVersion::tls11, cbc).describe(), "refused with alert 70");
    EXPECT_EQ(server.answers(TlsVersion::tls12, cbc).kind, TlsAnswer::Kind::accepted);
}

}  // namespace
}  // namespace boxtest::testing
