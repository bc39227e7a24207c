#include "web/TlsHello.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace boxtest {

namespace {

constexpr std::array good{
    TlsSuite{0xc02b, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},       TlsSuite{0xc02f, "ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    TlsSuite{0xc02c, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},       TlsSuite{0xc030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    TlsSuite{0xcca9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"}, TlsSuite{0xcca8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

constexpr std::array weak{
    TlsSuite{0x0001, "RSA_WITH_NULL_MD5"},
    TlsSuite{0x0002, "RSA_WITH_NULL_SHA"},
    TlsSuite{0x003b, "RSA_WITH_NULL_SHA256"},
    TlsSuite{0xc006, "ECDHE_ECDSA_WITH_NULL_SHA"},
    TlsSuite{0xc010, "ECDHE_RSA_WITH_NULL_SHA"},
    TlsSuite{0x0018, "DH_anon_WITH_RC4_128_MD5"},
    TlsSuite{0x0034, "DH_anon_WITH_AES_128_CBC_SHA"},
    TlsSuite{0x00a6, "DH_anon_WITH_AES_128_GCM_SHA256"},
    TlsSuite{0xc018, "ECDH_anon_WITH_AES_128_CBC_SHA"},
    TlsSuite{0x0003, "RSA_EXPORT_WITH_RC4_40_MD5"},
    TlsSuite{0x0008, "RSA_EXPORT_WITH_DES40_CBC_SHA"},
    TlsSuite{0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"},
    TlsSuite{0x0004, "RSA_WITH_RC4_128_MD5"},
    TlsSuite{0x0005, "RSA_WITH_RC4_128_SHA"},
    TlsSuite{0xc007, "ECDHE_ECDSA_WITH_RC4_128_SHA"},
    TlsSuite{0xc011, "ECDHE_RSA_WITH_RC4_128_SHA"},
    TlsSuite{0x0009, "RSA_WITH_DES_CBC_SHA"},
    TlsSuite{0x0015, "DHE_RSA_WITH_DES_CBC_SHA"},
    TlsSuite{0x000a, "RSA_WITH_3DES_EDE_CBC_SHA"},
    TlsSuite{0xc008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"},
    TlsSuite{0xc012, "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
    TlsSuite{0x002f, "RSA_WITH_AES_128_CBC_SHA"},
    TlsSuite{0x009c, "RSA_WITH_AES_128_GCM_SHA256"},
};

std::string number(std::size_t value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
    return text;
}

/// The content, preceded by its length.
std::string sized(const std::string& content, int bytes) { return number(content.size(), bytes) + content; }

std::string extension(std::uint16_t type, const std::string& content) { return number(type, 2) + sized(content, 2); }

std::string extensions(const std::string& domain, TlsVersion newest) {
    using namespace std::string_literals;
    auto all = extension(0, sized("\0"s + sized(domain, 2), 2));  // server_name
    // x25519, secp256r1, secp384r1, ffdhe2048; uncompressed points; signatures by ECDSA, RSA-PSS and RSA, SHA-1 last.
    all += extension(10, sized("\x00\x1d\x00\x17\x00\x18\x01\x00"s, 2));
    all += extension(11, sized("\0"s, 1));
    all += extension(13, sized("\x04\x03\x05\x03\x08\x04\x08\x05\x04\x01\x05\x01\x02\x03\x02\x01"s, 2));
    if (newest == TlsVersion::tls13) {
        all += extension(43, sized("\x03\x04"s, 1));                                      // supported_versions
        all += extension(51, sized("\x00\x1d"s + sized(std::string(32, '\x09'), 2), 2));  // key_share: any point of x25519 works
    }
    return all;
}

std::uint16_t wordAt(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
}

std::string nameOf(std::uint16_t suite) {
    for (const auto& list : {goodSuites(), weakSuites()}) {
        const auto found = std::find_if(list.begin(), list.end(), [&](const TlsSuite& one) { return one.number == suite; });
        if (found != list.end()) return std::string(found->name);
    }
    return fmt::format("suite {:#06x}", suite);
}

}  // namespace

std::string_view toString(TlsVersion version) {
    switch (version) {
        case TlsVersion::ssl3: return "SSL 3.0";
        case TlsVersion::tls10: return "TLS 1.0";
        case TlsVersion::tls11: return "TLS 1.1";
        case TlsVersion::tls12: return "TLS 1.2";
        case TlsVersion::tls13: return "TLS 1.3";
    }
    return "another version";
}

std::span<const TlsSuite> goodSuites() { return good; }
std::span<const TlsSuite> weakSuites() { return weak; }

std::string tlsClientHello(const std::string& domain, TlsVersion newest, std::span<const TlsSuite> suites) {
    std::string numbers;
    for (const auto& suite : suites) numbers += number(suite.number, 2);
    if (newest == TlsVersion::tls13) numbers += number(0x1301, 2) + number(0x1303, 2);
    const auto legacy = static_cast<std::uint16_t>(std::min(newest, TlsVersion::tls12));
    const auto random = std::string(32, 'b');
    auto hello = number(legacy, 2) + random + sized("", 1) + sized(numbers, 2) + sized(std::string(1, '\0'), 1);
    if (newest != TlsVersion::ssl3) hello += sized(extensions(domain, newest), 2);
    constexpr char clientHello = 1, handshake = 22;
    const auto message = std::string(1, clientHello) + sized(hello, 3);
    return std::string(1, handshake) + number(std::min<std::uint16_t>(legacy, 0x0301), 2) + sized(message, 2);
}

TlsAnswer TlsAnswer::parse(std::string_view bytes) {
    constexpr char alertRecord = 21, handshakeRecord = 22, serverHello = 2;
    TlsAnswer answer;
    if (bytes.empty()) {
        answer.kind = Kind::closed;
    } else if (bytes.size() >= 7 && bytes[0] == alertRecord) {
        answer.kind = Kind::refused;
        answer.alert = static_cast<unsigned char>(bytes[6]);
    } else if (bytes.size() >= 44 && bytes[0] == handshakeRecord && bytes[5] == serverHello) {
        // The record and message headers have 9 bytes; then follow the version, 32 random bytes, and the session id with its
        // length.
        const auto session = static_cast<unsigned char>(bytes[43]);
        if (bytes.size() < 46U + session) return answer;
        answer.kind = Kind::accepted;
        answer.version = wordAt(bytes, 9);
        answer.suite = wordAt(bytes, 44U + session);
    }
    return answer;
}

std::string TlsAnswer::describe() const {
    switch (kind) {
        case Kind::accepted:
            return fmt::format("accepted as {} with {}", toString(static_cast<TlsVersion>(version)), nameOf(suite));
        case Kind::refused: return fmt::format("refused with alert {}", alert);
        case Kind::closed: return "closed without a word";
        case Kind::other: return "answered by something that is no TLS";
    }
    return "";
}

}  // namespace boxtest
