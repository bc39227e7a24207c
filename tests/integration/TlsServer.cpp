#include "integration/TlsServer.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "Deadlines.hpp"
#include "Paths.hpp"
#include "base/Error.hpp"
#include "base/Poll.hpp"
#include "base/RunProgram.hpp"

namespace boxtest::testing {

namespace {

void openssl(std::vector<std::string> arguments, const std::filesystem::path& folder) {
    arguments.insert(arguments.begin(), "openssl");
    const auto done = runProgram(arguments, soon(), {.folder = folder});
    if (!done.succeeded()) throw Error(ErrorKind::system, "openssl failed: " + done.describe());
}

}  // namespace

TlsServer::TlsServer(const std::string& name) {
    makeCertificates(name);
    const auto& folder = folder_.path();
    const std::filesystem::path script = paths::source("tests/integration/tls-server.py");
    server_ = std::make_unique<Process>(
        Process::start({"python3", script.string(), (folder / "server.pem").string(), (folder / "server.key").string()},
                       {.input = Stream::pipe, .output = Stream::pipe}));
    std::string line;
    for (char c = 0; line.empty() || line.back() != '\n'; line += c) {
        waitFor(server_->output().get(), POLLIN, soon(), "the web server's ports");
        if (::read(server_->output().get(), &c, 1) != 1) throw Error(ErrorKind::system, "the web server did not start");
    }
    if (std::sscanf(line.c_str(), "%hu %hu", &httpsPort_, &httpPort_) != 2)
        throw Error(ErrorKind::system, "the web server said '" + line + "'");
}

void TlsServer::makeCertificates(const std::string& name) const {
    const auto& folder = folder_.path();
    const std::vector<std::string> key{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch"};
    for (const auto* authority : {"ca", "other-ca"}) {
        std::vector<std::string> make{"req", "-x509", "-days", "2", "-subj", std::string("/CN=Throw-away ") + authority};
        make.insert(make.end(), key.begin(), key.end());
        make.insert(make.end(), {"-keyout", std::string(authority) + ".key", "-out", std::string(authority) + ".pem"});
        openssl(make, folder);
    }
    std::ofstream(folder / "server.ext") << "subjectAltName=DNS:" << name << "\n";
    std::vector<std::string> request{"req", "-subj", "/CN=" + name, "-keyout", "server.key", "-out", "server.csr"};
    request.insert(request.end(), key.begin(), key.end());
    openssl(request, folder);
    openssl({"x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
             "-extfile", "server.ext", "-out", "server.pem"},
            folder);
}

HttpOptions TlsServer::options() const {
    return {.domain = "odoo-host", .httpsPort = httpsPort_, .httpPort = httpPort_, .caCertificate = folder_.path() / "ca.pem"};
}

}  // namespace boxtest::testing
