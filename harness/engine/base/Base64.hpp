#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Bytes in base64 (RFC 4648, section 4), padded, in one line.
std::string base64(std::string_view bytes);

/// Decodes text that base64() returned. Throws TransportError for any other text.
std::string base64Decoded(std::string_view text);

}  // namespace boxtest
