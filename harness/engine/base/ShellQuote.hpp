#pragma once

#include <span>
#include <string>
#include <string_view>

namespace boxtest {

/// Quotes a word for a POSIX shell, if necessary, so that the shell reads it byte for byte. Throws UsageError for a NUL byte.
std::string shellQuote(std::string_view word);

/// Quotes each word, and puts a space between them.
std::string shellQuote(std::span<const std::string> words);

}  // namespace boxtest
