#pragma once

#include <string>

#include "base/Error.hpp"

namespace boxtest {

/// QEMU understood a QMP command and refused it.
class QmpError : public Error {
   public:
    QmpError(const std::string& command, std::string errorClass, std::string description)
        : Error(ErrorKind::transport, "QEMU refused '" + command + "': " + description + " (" + errorClass + ")"),
          errorClass_(std::move(errorClass)),
          description_(std::move(description)) {}

    /// "GenericError", "CommandNotFound", ...
    const std::string& errorClass() const noexcept { return errorClass_; }
    const std::string& description() const noexcept { return description_; }

   private:
    std::string errorClass_;
    std::string description_;
};

}  // namespace boxtest
