#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace boxtest {

/// SHA-256 in 64 lower-case hexadecimal digits.
std::string sha256(std::string_view text);

/// SHA-256 of the whole content of a file. Throws SystemError naming the file.
std::string sha256OfFile(const std::filesystem::path& file);

}  // namespace boxtest
