#include "base/Error.hpp"

#include <system_error>

namespace boxtest {

std::string_view toString(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage: return "usage";
        case ErrorKind::guest: return "guest";
        case ErrorKind::timeout: return "timeout";
        case ErrorKind::transport: return "transport";
        case ErrorKind::system: return "system";
        case ErrorKind::interrupted: return "interrupted";
    }
    return "unknown";
}

SystemError::SystemError(const std::string& attempted, int errorNumber)
    : Error(ErrorKind::system, attempted + ": " + std::generic_category().message(errorNumber)), errorNumber_(errorNumber) {}

}  // namespace boxtest
