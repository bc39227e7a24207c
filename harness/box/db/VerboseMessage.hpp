#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// A server error in libpq's PQERRORS_VERBOSE format, parsed: "FATAL:  28000: Peer authentication failed ...". Only this format
/// carries the SQLSTATE of a failed connection, and libpqxx 7.10 drops the SQLSTATE of some errors (42501 among them).
struct VerboseMessage {
    std::string sqlstate;  ///< Empty if the text does not come from the server (no server, connection lost).
    std::string message;   ///< Without severity, SQLSTATE and source location.

    static VerboseMessage parse(std::string_view text);
};

}  // namespace boxtest
