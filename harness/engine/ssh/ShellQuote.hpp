#pragma once

#include <span>
#include <string>
#include <string_view>

namespace boxtest {

/// One word for a POSIX shell, quoted if need be so that the shell gives it back byte for byte. NUL is refused (UsageError).
std::string shellQuote(std::string_view word);

/// Words, each quoted, with a space between.
std::string shellQuote(std::span<const std::string> words);

}  // namespace boxtest
