// Parts of the scenarios program that can be tried on a local PostgreSQL.
#include "PrivilegeMatrix.cpp"  // NOLINT(bugprone-suspicious-include)
