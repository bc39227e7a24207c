#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <string>

#include "report/TextStyle.hpp"
#include "sabotage/KillMatrix.hpp"

namespace boxtest {

/// Whether to print the matrix itself, or only problems and counts.
enum class MatrixRows { all, none };

/// Prints the matrix for users: by claim, each sabotage with the scenarios that it turned red, then problems in detail, then
/// scenarios that no sabotage turns red, then one line of counts.
void printKillMatrix(std::ostream& out, const KillMatrix& matrix, std::chrono::duration<double> duration, const TextStyle& style,
                     MatrixRows rows = MatrixRows::all);

/// The matrix for programs: {"result", "seconds", "counts": {outcome: n}, "sabotages": [{"id", "claim", "kind", "breaks",
/// "outcome", "scenarios": [{"scenario", "must", "outcome", "result", "seconds", "machine_seconds", "failures"}]}], "clean":
/// [...], "never_red": [...], "stopped"}
nlohmann::json killMatrixJson(const KillMatrix& matrix, std::chrono::duration<double> duration);

}  // namespace boxtest
