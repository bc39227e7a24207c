#include "EmbeddedTexts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace boxtest {

namespace {

// Literals with a known length: otherwise the compiler has to count it, which exceeds clang's limit for constant evaluation.
using namespace std::string_view_literals;
constexpr auto texts = std::to_array<std::pair<std::string_view, std::string_view>>({
#include "EmbeddedTexts.inc"
});

}  // namespace

std::string_view embeddedText(std::string_view name) {
    const auto* const found = std::find_if(texts.begin(), texts.end(), [&](const auto& text) { return text.first == name; });
    return found == texts.end() ? std::string_view() : found->second;
}

}  // namespace boxtest
