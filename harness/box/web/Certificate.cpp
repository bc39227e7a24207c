#include "web/Certificate.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/Base64.hpp"
#include "base/Error.hpp"

namespace boxtest {

namespace {

struct Deleter {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
template <typename Type>
using Owned = std::unique_ptr<Type, Deleter>;

std::chrono::system_clock::time_point timeOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) throw GuestError("a certificate's date cannot be read");
    return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

std::string nameOf(const X509_NAME* name) {
    const Owned<BIO> text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    char* data = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pinOf(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size < 0) throw GuestError("a certificate's key cannot be read");
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(der, static_cast<std::size_t>(size), digest.data());
    OPENSSL_free(der);
    return base64(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

Certificate Certificate::parse(const std::string& pem) {
    const Owned<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Owned<X509> certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!certificate) throw GuestError("no certificate: '" + pem.substr(0, 60) + "'");
    const auto* key = X509_get0_pubkey(certificate.get());
    if (!key) throw GuestError("a certificate's key cannot be read");
    return {.subject = nameOf(X509_get_subject_name(certificate.get())),
            .issuer = nameOf(X509_get_issuer_name(certificate.get())),
            .notBefore = timeOf(X509_get0_notBefore(certificate.get())),
            .notAfter = timeOf(X509_get0_notAfter(certificate.get())),
            .keyPin = pinOf(certificate.get()),
            .securityBits = EVP_PKEY_get_security_bits(key)};
}

}  // namespace boxtest
