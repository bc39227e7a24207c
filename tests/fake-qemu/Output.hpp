#pragma once

#include <string>
#include <string_view>

namespace boxtest::fakeqemu {

void writeAll(int fd, std::string_view text);

/// Ends the program with these last words.
[[noreturn]] void die(int status, const std::string& words);

}  // namespace boxtest::fakeqemu
