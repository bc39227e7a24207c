#pragma once

#include <string>
#include <string_view>

namespace boxtest::fakeqemu {

void writeAll(int fd, std::string_view text);

/// Writes the message to stderr, and ends the program.
[[noreturn]] void die(int status, const std::string& words);

}  // namespace boxtest::fakeqemu
