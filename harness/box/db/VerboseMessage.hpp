#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// libpq's text of a server's error at PQERRORS_VERBOSE, taken apart: "FATAL:  28000: Peer authentication failed ...". Only
/// this spelling carries the SQLSTATE of a failed connection, and libpqxx 7.10 drops that of some errors (42501 among them).
struct VerboseMessage {
    std::string sqlstate;  ///< Empty when the text is not the server's (no server, connection lost).
    std::string message;   ///< Without severity, SQLSTATE and source location.

    static VerboseMessage parse(std::string_view text);
};

}  // namespace boxtest
