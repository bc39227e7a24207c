#pragma once

#include <chrono>
#include <string>

namespace boxtest {

/// The relevant fields of an X.509 certificate.
struct Certificate {
    /// Parses PEM text. Throws GuestError when the text is not a certificate.
    static Certificate parse(const std::string& pem);

    std::string subject;  ///< "CN = Odoo Box"
    std::string issuer;
    std::chrono::system_clock::time_point notBefore;
    std::chrono::system_clock::time_point notAfter;
    /// SHA-256 of its public key (SubjectPublicKeyInfo), in base64: the format in which browsers pin keys (RFC 7469, 2.4).
    std::string keyPin;
    int securityBits = 0;  ///< The strength of its key (NIST SP 800-57): 112 is RSA of 2048 bits, 128 a P-256 curve.
};

}  // namespace boxtest
