#include "base/Base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>

#include "base/Error.hpp"

namespace boxtest {

namespace {

const unsigned char* bytesOf(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string base64(std::string_view bytes) {
    // One more byte for the zero that EVP_EncodeBlock() appends.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytesOf(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string base64Decoded(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const std::ptrdiff_t size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytesOf(text), static_cast<int>(text.size()));
    // EVP_DecodeBlock() decodes padding as zero bytes.
    const auto padding = std::min<std::ptrdiff_t>(2, std::count(text.begin(), text.end(), '='));
    bytes.resize(size > padding ? static_cast<std::size_t>(size - padding) : 0);
    // EVP_DecodeBlock() also ignores blanks and line breaks around the text.
    if (base64(bytes) != text) throw TransportError("this is not base64: '" + std::string(text.substr(0, 40)) + "'");
    return bytes;
}

}  // namespace boxtest
