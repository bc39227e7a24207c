// The scenarios program's own parts, compiled into the unit tests.
#include "Claims.cpp"           // NOLINT(bugprone-suspicious-include)
#include "EventWriter.cpp"      // NOLINT(bugprone-suspicious-include)
#include "Facts.cpp"            // NOLINT(bugprone-suspicious-include)
#include "PrivilegeMatrix.cpp"  // NOLINT(bugprone-suspicious-include)
#include "ProcNet.cpp"          // NOLINT(bugprone-suspicious-include)
#include "ScenarioList.cpp"     // NOLINT(bugprone-suspicious-include)
#include "Sections.cpp"         // NOLINT(bugprone-suspicious-include)
#include "SshOffer.cpp"         // NOLINT(bugprone-suspicious-include)
