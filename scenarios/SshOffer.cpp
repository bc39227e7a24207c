#include "SshOffer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "Sections.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

std::string_view taken(std::string_view& bytes, std::size_t size) {
    if (bytes.size() < size) throw GuestError("the SSH server's first packet broke off");
    const auto part = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return part;
}

std::uint32_t number(std::string_view& bytes) {
    std::uint32_t value = 0;
    for (const char byte : taken(bytes, 4)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

std::vector<std::string> nameList(std::string_view& bytes) {
    const auto size = number(bytes);
    return splitAt(taken(bytes, size), ',');
}

std::vector<std::string> twoLists(std::string_view& bytes) {
    auto both = nameList(bytes);
    for (auto& name : nameList(bytes)) both.push_back(std::move(name));
    return both;
}

}  // namespace

SshOffer SshOffer::parse(std::string_view bytes) {
    const auto end = bytes.find('\n');
    if (!bytes.starts_with("SSH-2.0-") || end == std::string_view::npos)
        throw GuestError("an SSH server begins with \"SSH-2.0-\", this one with '" + std::string(bytes.substr(0, 40)) + "'");
    SshOffer offer;
    offer.version = bytes.substr(0, bytes[end - 1] == '\r' ? end - 1 : end);
    bytes.remove_prefix(end + 1);
    const auto size = number(bytes);
    auto packet = taken(bytes, size);
    constexpr char kexinit = 20;
    if (taken(packet, 2)[1] != kexinit) throw GuestError("the SSH server's first packet is no SSH_MSG_KEXINIT");
    constexpr std::size_t cookie = 16;
    taken(packet, cookie);
    offer.keyExchange = nameList(packet);
    offer.hostKeys = nameList(packet);
    offer.ciphers = twoLists(packet);
    offer.macs = twoLists(packet);
    return offer;
}

// An SSH packet is at most 35000 bytes long: 0xffffffff ends the connection, after the server has said all it had to say.
std::string SshOffer::request() { return "SSH-2.0-boxtest\r\n" + std::string(16, '\xff'); }

std::string_view weaknessOf(std::string_view algorithm) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 13> weaknesses{{
        {"none", "it protects nothing"},
        {"group1-", "a 768 or 1024 bit group can be broken"},
        {"group14-sha1", "SHA-1 collisions can be made"},
        {"group-exchange-sha1", "SHA-1 collisions can be made"},
        {"-cbc", "CBC of SSH gives plain text away"},
        {"3des", "its blocks are too short"},
        {"blowfish", "its blocks are too short"},
        {"cast128", "its blocks are too short"},
        {"arcfour", "RC4 is broken"},
        {"md5", "MD5 is broken"},
        {"-96", "a MAC of 96 bits is too short"},
        {"ripemd", "nobody needs it"},
        {"ssh-dss", "DSA of 1024 bits can be broken"},
    }};
    if (algorithm == "ssh-rsa" || algorithm == "ssh-rsa-cert-v01@openssh.com") return "a signature over SHA-1 can be forged";
    for (const auto& [part, why] : weaknesses) {
        if (part == "none" ? algorithm == part : algorithm.find(part) != std::string_view::npos) return why;
    }
    // Whatever else may come up is a weakness until somebody has looked at it: these are what ssh-audit finds nothing wrong with.
    static constexpr std::array<std::string_view, 19> known{
        "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        // Not algorithms, but what the server can do besides (RFC 8308).
        "ext-info-s", "kex-strict-s-v00@openssh.com", "ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512",
        "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr",
        "aes256-ctr", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "umac-128-etm@openssh.com"};
    return std::ranges::find(known, algorithm) == known.end() ? "it is not one of those that nothing speaks against" : "";
}

}  // namespace boxtest
