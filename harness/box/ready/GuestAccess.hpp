#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "manifest/Manifest.hpp"
#include "ssh/CommandResult.hpp"
#include "vm/Ports.hpp"

namespace boxtest {

/// The few operations on a guest that readiness needs. A narrow interface, so that a test can replace the functions.
struct GuestAccess {
    /// Makes an SSH session as the admin. Throws as Session::connect does.
    std::function<void(Deadline)> connect;
    /// Runs a command as the admin, over that session. Throws as Session::run does; SessionLost when there is none.
    std::function<CommandResult(const std::vector<std::string>& words, Deadline)> run;
    /// Status of a GET over HTTPS, the certificate checked. Throws as HttpClient::get does.
    std::function<long(const std::string& path, Deadline)> httpsStatus;

    /// The guest behind these ports. The manifest and the latch must outlive the functions.
    static GuestAccess of(const Manifest& manifest, const Ports& ports, const FailureLatch& failure);
};

}  // namespace boxtest
