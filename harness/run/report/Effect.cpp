#include "report/Effect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

constexpr std::array<std::pair<Effect, std::string_view>, 3> effectWords{
    {{Effect::reads, "reads"}, {Effect::rollsBack, "rollsBack"}, {Effect::changes, "changes"}}};

}  // namespace

std::string_view wordOf(Effect effect) {
    for (const auto& [one, word] : effectWords)
        if (one == effect) return word;
    throw std::invalid_argument("an effect without a word");
}

bool isEffect(std::string_view word) {
    return std::any_of(effectWords.begin(), effectWords.end(), [&](const auto& known) { return known.second == word; });
}

Effect effectOf(std::string_view word) {
    for (const auto& [effect, one] : effectWords)
        if (one == word) return effect;
    throw TransportError(fmt::format("'{}' is no effect of a scenario: reads, rollsBack, changes", word));
}

}  // namespace boxtest
