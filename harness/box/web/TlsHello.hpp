#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Versions of TLS as they stand on the wire (RFC 8446, 4.1.2).
enum class TlsVersion : std::uint16_t { ssl3 = 0x0300, tls10 = 0x0301, tls11 = 0x0302, tls12 = 0x0303, tls13 = 0x0304 };

std::string_view toString(TlsVersion version);

/// A cipher suite's number in IANA's registry, and its name there without "TLS_".
struct TlsSuite {
    std::uint16_t number;
    std::string_view name;
};

/// What clients have used safely with TLS 1.2 for years, whatever kind of key the server has.
std::span<const TlsSuite> goodSuites();
/// What nobody should accept: no encryption, nobody authenticated, export keys, RC4, DES, 3DES, MD5, and keys that one theft
/// gives away for ever after (no forward secrecy).
std::span<const TlsSuite> weakSuites();

/// The first message of a client (ClientHello), made by hand: a TLS library does not offer what is broken, and then it is the
/// library that refuses. `newest` is the newest version offered; older than 1.3 without the extension that names versions.
std::string tlsClientHello(const std::string& domain, TlsVersion newest, std::span<const TlsSuite> suites);

/// What a server answered to it.
struct TlsAnswer {
    enum class Kind {
        accepted,  ///< A ServerHello.
        refused,   ///< A fatal alert.
        closed,    ///< Nothing at all.
        other,     ///< Nothing of TLS.
    };
    Kind kind = Kind::other;
    std::uint16_t version = 0;  ///< Of the ServerHello; TLS 1.3 says so in an extension, which is not looked at.
    std::uint16_t suite = 0;    ///< Of the ServerHello.
    int alert = -1;             ///< 40 is handshake_failure, 70 protocol_version (RFC 8446, 6).

    /// From the first bytes that came back: for a ServerHello its first 100 will do.
    static TlsAnswer parse(std::string_view bytes);
    std::string describe() const;
};

}  // namespace boxtest
