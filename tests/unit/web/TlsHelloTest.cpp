#include "web/TlsHello.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace boxtest {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

constexpr std::array one{TlsSuite{0x0005, "RSA_WITH_RC4_128_SHA"}};

TEST(TlsHello, SaysWhatItOffersInTheFieldsOfTheRfc) {
    const auto hello = tlsClientHello("odoo-host", TlsVersion::tls10, one);
    EXPECT_THAT(hello, testing::StartsWith("\x16\x03\x01"s));
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(hello[3]) << 8 | static_cast<unsigned char>(hello[4]));
    EXPECT_EQ(hello.size(), size + 5);
    EXPECT_EQ(hello.substr(9, 2), "\x03\x01"s) << "the version";
    EXPECT_EQ(hello.substr(43, 6), "\x00\x00\x02\x00\x05\x01"s) << "no session, two bytes of suites, one compression method";
    EXPECT_THAT(hello, HasSubstr("\x00\x09odoo-host"s));
    EXPECT_THAT(hello, Not(HasSubstr("\x00\x2b\x00"s))) << "no list of versions";
    EXPECT_THAT(tlsClientHello("odoo-host", TlsVersion::tls13, one), HasSubstr("\x00\x2b\x00\x03\x02\x03\x04"s));
}

TEST(TlsHello, ReadsAServerHelloAnAlertSilenceAndNonsense) {
    const auto hello = "\x16\x03\x03\x00\x40\x02\x00\x00\x3c\x03\x03"s + std::string(32, 'r') + "\x02ss\xc0\x2b\x00"s;
    EXPECT_EQ(TlsAnswer::parse(hello).describe(), "accepted as TLS 1.2 with ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    EXPECT_EQ(TlsAnswer::parse("\x15\x03\x01\x00\x02\x02\x46"s).describe(), "refused with alert 70");
    EXPECT_EQ(TlsAnswer::parse("").kind, TlsAnswer::Kind::closed);
    EXPECT_EQ(TlsAnswer::parse("HTTP/1.1 400 Bad Request").kind, TlsAnswer::Kind::other);
    EXPECT_EQ(TlsAnswer::parse(hello.substr(0, 47)).kind, TlsAnswer::Kind::other) << "it broke off";
}

}  // namespace
}  // namespace boxtest
