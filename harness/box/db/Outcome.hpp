#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "db/SqlRows.hpp"

namespace boxtest {

/// A notice or warning that the server sent in addition to its answer.
struct Notice {
    std::string sqlstate;  ///< "01000" for most warnings, "00000" for plain notices.
    std::string message;
};

/// Result of a statement that may be refused.
struct Outcome {
    std::string sqlstate;         ///< "00000" on success.
    std::string message;          ///< The server's primary message, empty on success.
    std::vector<Notice> notices;  ///< In the order they came.
    SqlRows rows;                 ///< Of the last statement; empty if it was refused.
    std::size_t affected = 0;     ///< Rows inserted, updated, deleted, selected.

    bool succeeded() const { return sqlstate == "00000"; }
    bool refused() const { return sqlstate == "42501"; }
    /// Whether the server sent a notice of this SQLSTATE.
    bool noticed(const std::string& state) const;
    /// For a failure's message: "42501 permission denied for table t; notice 01000 ...".
    std::string describe() const;
};

/// Result of an attempt to connect.
struct ConnectOutcome {
    std::string sqlstate;  ///< "00000" on success, "28000", "3D000", ...; empty if no server answered.
    std::string message;   ///< libpq's text, empty on success.

    bool succeeded() const { return sqlstate == "00000"; }
};

}  // namespace boxtest
