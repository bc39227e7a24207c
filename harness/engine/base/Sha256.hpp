#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace boxtest {

/// SHA-256 in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

/// Of all of a file. Throws SystemError naming it.
std::string sha256OfFile(const std::filesystem::path& file);

}  // namespace boxtest
