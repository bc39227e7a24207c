#pragma once

#include <string>
#include <string_view>

#include "base/Deadline.hpp"
#include "base/FailureLatch.hpp"
#include "ssh/LibsshHandles.hpp"

/// What the first half of every session's life is made of, however its server is known. Only for the folder ssh/.
namespace boxtest::ssh {

/// Once a process; before anything else of libssh's.
void initialiseLibssh();
/// Throws Error when there is no memory for one.
SessionHandle newSession();
/// libssh makes its socket blocking once connected; a send of much data would then stop every channel. Throws SystemError.
void makeSocketNonBlocking(ssh_session session);
/// "ssh-ed25519 SHA256:..."
std::string fingerprint(ssh_key key);

/// Waits until a step that had to stop can go on. Throws TimeoutError and GuestError as waitFor(), which says `what`; and
/// TransportError when there is nothing to wait for.
void waitForSocket(ssh_session session, std::string_view what, Deadline deadline, const FailureLatch* failure);

/// Repeats a step of a non-blocking session until it is no longer `again`.
template <typename Step>
int drive(ssh_session session, int again, std::string_view what, Deadline deadline, const FailureLatch* failure, Step step) {
    for (;;) {
        const int rc = step();
        if (rc != again) return rc;
        waitForSocket(session, what, deadline, failure);
    }
}

}  // namespace boxtest::ssh
