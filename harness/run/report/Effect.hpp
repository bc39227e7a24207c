#pragma once

#include <string_view>

namespace boxtest {

/// What a scenario does to the machine on which it runs.
enum class Effect {
    reads,      ///< Leaves files, catalogue, rows and unit states untouched; only logs and statistics grow.
    rollsBack,  ///< Writes and undoes everything: the content is as before afterwards.
    changes,    ///< Some changes remain.
};

/// "reads", "rollsBack", "changes": the words in lists of scenarios and in filters.
std::string_view wordOf(Effect effect);
/// Whether it is one of these words.
bool isEffect(std::string_view word);
/// Throws TransportError for any other word.
Effect effectOf(std::string_view word);

}  // namespace boxtest
