#pragma once

#include <libssh/libssh.h>

#include <memory>

/// Owners of libssh's handles. Only for the folder ssh/.
namespace boxtest::ssh {

struct SessionDeleter {
    void operator()(ssh_session session) const noexcept {
        ssh_disconnect(session);
        ssh_free(session);
    }
};
using SessionHandle = std::unique_ptr<ssh_session_struct, SessionDeleter>;

struct KeyDeleter {
    void operator()(ssh_key key) const noexcept { ssh_key_free(key); }
};
using KeyHandle = std::unique_ptr<ssh_key_struct, KeyDeleter>;

struct EventDeleter {
    void operator()(ssh_event event) const noexcept { ssh_event_free(event); }
};
using EventHandle = std::unique_ptr<ssh_event_struct, EventDeleter>;

}  // namespace boxtest::ssh
