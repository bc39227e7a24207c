#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// TLS versions as encoded on the wire (RFC 8446, 4.1.2).
enum class TlsVersion : std::uint16_t { ssl3 = 0x0300, tls10 = 0x0301, tls11 = 0x0302, tls12 = 0x0303, tls13 = 0x0304 };

std::string_view toString(TlsVersion version);

/// A cipher suite: its number in the IANA registry, and its IANA name without "TLS_".
struct TlsSuite {
    std::uint16_t number;
    std::string_view name;
};

/// Suites that clients have used safely with TLS 1.2 for years, for every type of server key.
std::span<const TlsSuite> goodSuites();
/// Suites that no server should accept: no encryption, no authentication, export keys, RC4, DES, 3DES, MD5, and key exchange
/// without forward secrecy.
std::span<const TlsSuite> weakSuites();

/// The first message of a client (ClientHello), built by hand: a TLS library does not offer broken suites, and then the library,
/// not the server, would refuse. `newest` is the newest version offered; the supported_versions extension is present from 1.3 on
/// only.
std::string tlsClientHello(const std::string& domain, TlsVersion newest, std::span<const TlsSuite> suites);

/// The server's answer to a ClientHello.
struct TlsAnswer {
    enum class Kind {
        accepted,  ///< A ServerHello.
        refused,   ///< A fatal alert.
        closed,    ///< The connection was closed without any data.
        other,     ///< Data that is not TLS.
    };
    Kind kind = Kind::other;
    std::uint16_t version = 0;  ///< Of the ServerHello; TLS 1.3 puts it in an extension, which is not parsed.
    std::uint16_t suite = 0;    ///< Of the ServerHello.
    int alert = -1;             ///< 40 is handshake_failure, 70 protocol_version (RFC 8446, 6).

    /// Parses the first bytes of the answer: for a ServerHello the first 100 are enough.
    static TlsAnswer parse(std::string_view bytes);
    std::string describe() const;
};

}  // namespace boxtest
