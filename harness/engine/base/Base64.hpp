#pragma once

#include <string>
#include <string_view>

namespace boxtest {

/// Bytes in base64 (RFC 4648, section 4), padded, in one line.
std::string base64(std::string_view bytes);

/// The bytes that base64() made the text from. Throws TransportError for any other text.
std::string base64Decoded(std::string_view text);

}  // namespace boxtest
