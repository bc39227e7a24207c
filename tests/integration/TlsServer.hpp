#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/Process.hpp"
#include "base/TemporaryFolder.hpp"
#include "web/HttpClient.hpp"

namespace boxtest::testing {

/// A small web server on two loopback ports, HTTPS and HTTP, with a certificate for `name` from a throw-away authority.
class TlsServer {
   public:
    explicit TlsServer(const std::string& name = "odoo-host");

    /// Options of a client that reaches the server as https://odoo-host/, whatever name the certificate has.
    HttpOptions options() const;
    /// Certificate of another authority, which did not sign the server's certificate.
    std::filesystem::path otherCa() const { return folder_.path() / "other-ca.pem"; }

   private:
    void makeCertificates(const std::string& name) const;
    TemporaryFolder folder_{"tls"};
    std::unique_ptr<Process> server_;
    std::uint16_t httpsPort_ = 0;
    std::uint16_t httpPort_ = 0;
};

}  // namespace boxtest::testing
