#pragma once

#include <string>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/LibsshHandles.hpp"

/// Steps of the setup of every session, for Handshake and ConfiguredHandshake. Only for the folder ssh/.
namespace boxtest::ssh {

/// Initialises libssh once per process. Call it before any other function of libssh.
void initialiseLibssh();
/// Throws Error when there is no memory for a session.
SessionHandle newSession();
/// Makes the session's socket non-blocking: libssh makes it blocking once connected, and sending much data would then stop every
/// channel. Throws SystemError.
void makeSocketNonBlocking(ssh_session session);
/// "ssh-ed25519 SHA256:..."
std::string fingerprint(ssh_key key);

/// Waits until an interrupted step can continue. Throws TimeoutError (which names `what`) and GuestError as waitFor(), and
/// TransportError when there is no socket to wait for.
void waitForSocket(ssh_session session, std::string_view what, Deadline deadline, const FailureLatch* failure);

/// Repeats a step of a non-blocking session until it no longer returns `again`.
template <typename Step>
int drive(ssh_session session, int again, std::string_view what, Deadline deadline, const FailureLatch* failure, Step step) {
    for (;;) {
        const int rc = step();
        if (rc != again) return rc;
        waitForSocket(session, what, deadline, failure);
    }
}

}  // namespace boxtest::ssh
