#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>

#include "report/TextStyle.hpp"
#include "sabotage/KillMatrix.hpp"

namespace boxtest {

/// Whether the matrix itself is shown, or only what went wrong and the counts.
enum class MatrixRows { all, none };

/// For a person: by claim, each sabotage with the scenarios that it turned red, then what went wrong in detail, then scenarios
/// that no sabotage turns red, then one line of counts.
void printKillMatrix(std::ostream& out, const KillMatrix& matrix, std::chrono::duration<double> duration, const TextStyle& style,
                     MatrixRows rows = MatrixRows::all);

/// For programs: {"result", "seconds", "counts": {outcome: n}, "sabotages": [{"id", "claim", "kind", "breaks", "outcome",
/// "scenarios": [{"scenario", "must", "outcome", "result", "seconds", "machine_seconds", "failures"}]}], "clean": [...],
/// "never_red": [...], "stopped"}
nlohmann::json killMatrixJson(const KillMatrix& matrix, std::chrono::duration<double> duration);

}  // namespace boxtest
