// What judges the break-ins, compiled into the unit tests.
#include "BreakInTable.cpp"     // NOLINT(bugprone-suspicious-include)
#include "BuiltFiles.cpp"       // NOLINT(bugprone-suspicious-include)
#include "ExpectedRows.cpp"     // NOLINT(bugprone-suspicious-include)
#include "MountTable.cpp"       // NOLINT(bugprone-suspicious-include)
#include "SandboxFindings.cpp"  // NOLINT(bugprone-suspicious-include)
