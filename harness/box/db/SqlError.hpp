#pragma once

#include <string>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

/// PostgreSQL refused an operation and reported a SQLSTATE.
class SqlError : public Error {
   public:
    SqlError(const std::string& message, std::string sqlstate)
        : Error(ErrorKind::transport, message), sqlstate_(std::move(sqlstate)) {}

    /// Five characters, read from the server's answer, never guessed: "42501".
    const std::string& sqlstate() const noexcept { return sqlstate_; }

   private:
    std::string sqlstate_;
};

}  // namespace boxtest
