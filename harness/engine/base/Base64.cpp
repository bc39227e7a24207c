#include "base/Base64.hpp"

#include <cstddef>
#include <cstdint>

#include "base/Error.hpp"

namespace boxtest {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i) text += at + i > bytes.size() ? '=' : alphabet[bits >> (18 - 6 * i) & 63];
    }
    return text;
}

std::string base64Decoded(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    int held = 0;
    for (const char letter : text.substr(0, text.find('='))) {
        const auto value = alphabet.find(letter);
        if (value == std::string_view::npos) break;
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xff);
    }
    if (base64(bytes) != text) throw TransportError("this is no base64: '" + std::string(text.substr(0, 40)) + "'");
    return bytes;
}

}  // namespace boxtest
