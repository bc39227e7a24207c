#pragma once

#include <regex.h>

#include <string>

namespace boxtest {

/// An extended regular expression (POSIX). Unlike std::regex it needs no stack for long texts.
class PosixRegex {
   public:
    /// Throws UsageError with what is wrong in the expression.
    explicit PosixRegex(const std::string& expression);
    PosixRegex(const PosixRegex&) = delete;
    PosixRegex& operator=(const PosixRegex&) = delete;
    ~PosixRegex() { ::regfree(&compiled_); }

    /// Whether it fits some part of the text.
    bool fits(const std::string& text) const;

   private:
    regex_t compiled_{};
};

}  // namespace boxtest
