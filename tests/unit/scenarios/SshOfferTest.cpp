#include "SshOffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/Error.hpp"

namespace boxtest {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

std::string sized(const std::string& text) { return "\0\0\0"s + static_cast<char>(text.size()) + text; }

std::string offer(const std::string& ciphers) {
    const auto payload = "\x14"s + std::string(16, 'c') + sized("curve25519-sha256,x") + sized("ssh-ed25519") + sized(ciphers) +
                         sized("aes256-ctr") + sized("hmac-sha2-256") + sized("hmac-sha1");
    return "SSH-2.0-OpenSSH_10.0\r\n" + sized("\4"s + payload + std::string(4, 'p'));
}

TEST(SshOffer, ReadsTheListsThatTheServerSends) {
    const auto found = SshOffer::parse(offer("aes128-ctr,3des-cbc") + "more");
    EXPECT_EQ(found.version, "SSH-2.0-OpenSSH_10.0");
    EXPECT_THAT(found.keyExchange, ElementsAre("curve25519-sha256", "x"));
    EXPECT_THAT(found.hostKeys, ElementsAre("ssh-ed25519"));
    EXPECT_THAT(found.ciphers, ElementsAre("aes128-ctr", "3des-cbc", "aes256-ctr"));
    EXPECT_THAT(found.macs, ElementsAre("hmac-sha2-256", "hmac-sha1"));
}

TEST(SshOffer, WhatIsNoOfferIsAnError) {
    EXPECT_THROW(SshOffer::parse("HTTP/1.1 400 Bad Request\r\n"), GuestError);
    EXPECT_THROW(SshOffer::parse("SSH-2.0-x"), GuestError);
    EXPECT_THROW(SshOffer::parse(offer("a").substr(0, 60)), GuestError);
    EXPECT_THROW(SshOffer::parse("SSH-2.0-x\r\n" + sized("\4\x01"s + std::string(80, 'x'))), GuestError) << "another message";
}

TEST(SshOffer, KnowsWhatIsWeak) {
    for (const auto* weak : {"none", "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "ssh-rsa", "ssh-dss",
                             "3des-cbc", "aes256-cbc", "arcfour128", "hmac-md5-etm@openssh.com", "hmac-sha1-96", "hmac-sha1",
                             "ecdh-sha2-nistp256", "umac-64-etm@openssh.com", "hmac-sha2-256", "an-algorithm-of-tomorrow"})
        EXPECT_NE(weaknessOf(weak), "") << weak;
    for (const auto* good :
         {"curve25519-sha256", "mlkem768x25519-sha256", "ssh-ed25519", "rsa-sha2-256", "aes128-gcm@openssh.com",
          "hmac-sha2-256-etm@openssh.com", "kex-strict-s-v00@openssh.com", "ext-info-s"})
        EXPECT_EQ(weaknessOf(good), "") << good;
}

}  // namespace
}  // namespace boxtest
