#include "sabotage/PosixRegex.hpp"

#include <fmt/format.h>

#include <array>

#include "base/Error.hpp"

namespace boxtest {

PosixRegex::PosixRegex(const std::string& expression) {
    const int failed = ::regcomp(&compiled_, expression.c_str(), REG_EXTENDED | REG_NOSUB);
    if (failed == 0) return;
    std::array<char, 200> why{};
    ::regerror(failed, &compiled_, why.data(), why.size());
    throw UsageError(fmt::format("'{}' is no regular expression: {}", expression, why.data()));
}

bool PosixRegex::fits(const std::string& text) const { return ::regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0; }

}  // namespace boxtest
