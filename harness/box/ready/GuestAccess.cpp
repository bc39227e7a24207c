#include "ready/GuestAccess.hpp"

#include <memory>
#include <optional>

#include "ssh/Session.hpp"
#include "web/HttpClient.hpp"

namespace boxtest {

GuestAccess GuestAccess::of(const Manifest& manifest, const Ports& ports, const FailureLatch& failure) {
    auto session = std::make_shared<std::optional<Session>>();
    auto web = std::make_shared<HttpClient>(HttpOptions{.domain = manifest.names.domain,
                                                        .httpsPort = ports.https,
                                                        .httpPort = ports.http,
                                                        .caCertificate = manifest.web.caCertificate,
                                                        .failure = &failure});
    const SshTarget target{.port = ports.ssh, .hostKey = manifest.ssh.hostKey};
    GuestAccess access;
    access.connect = [session, target, &manifest, &failure](Deadline deadline) {
        session->reset();
        session->emplace(
            Session::connect(target, manifest.names.admin, manifest.ssh.keyOf(manifest.names.admin), deadline, &failure));
    };
    access.run = [session](const std::vector<std::string>& words, Deadline deadline) {
        if (!session->has_value()) throw SessionLost("there is no SSH session");
        RunOptions options;
        options.deadline = deadline;
        return (*session)->run(words, options);
    };
    access.httpsStatus = [web](const std::string& path, Deadline deadline) {
        HttpRequest request;
        request.deadline = deadline;
        return web->get(path, request).status;
    };
    return access;
}

}  // namespace boxtest
