// Parts of the scenarios program that can be tried on a local PostgreSQL or SSH server.
#include "OdooCode.cpp"         // NOLINT(bugprone-suspicious-include)
#include "PrivilegeMatrix.cpp"  // NOLINT(bugprone-suspicious-include)
