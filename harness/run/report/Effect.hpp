#pragma once

#include <string_view>

namespace boxtest {

/// What a scenario does to the machine on which it runs.
enum class Effect {
    reads,      ///< Files, catalogue, rows and states of units stay untouched; only logs and statistics grow.
    rollsBack,  ///< It writes and takes everything back: their content is afterwards as before.
    changes,    ///< Something of it stays.
};

/// "reads", "rollsBack", "changes": as lists of scenarios and filters name it.
std::string_view wordOf(Effect effect);
/// TransportError for any other word.
Effect effectOf(std::string_view word);

}  // namespace boxtest
