#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Bytes in base64 (RFC 4648, section 4), padded, in one line.
std::string base64(std::string_view bytes);

}  // namespace boxtest
