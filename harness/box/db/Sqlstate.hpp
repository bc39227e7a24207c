#pragma once

/// SQLSTATEs that the scenarios check for (PostgreSQL documentation, appendix A).
namespace boxtest::sqlstate {

inline constexpr const char* success = "00000";
inline constexpr const char* warning = "01000";
inline constexpr const char* privilegeNotGranted = "01007";
inline constexpr const char* activeTransaction = "25001";
inline constexpr const char* readOnlyTransaction = "25006";
inline constexpr const char* invalidAuthorization = "28000";
inline constexpr const char* invalidPassword = "28P01";
inline constexpr const char* noSuchDatabase = "3D000";
inline constexpr const char* uniqueViolation = "23505";
inline constexpr const char* foreignKeyViolation = "23503";
inline constexpr const char* insufficientPrivilege = "42501";
inline constexpr const char* syntaxError = "42601";
inline constexpr const char* undefinedTable = "42P01";
inline constexpr const char* undefinedObject = "42704";
inline constexpr const char* tooManyConnections = "53300";
/// The SQLSTATE for restrict_nonsystem_relation_kind, among others.
inline constexpr const char* objectNotInPrerequisiteState = "55000";
inline constexpr const char* objectInUse = "55006";
inline constexpr const char* queryCanceled = "57014";
inline constexpr const char* adminShutdown = "57P01";
inline constexpr const char* cannotConnectNow = "57P03";

}  // namespace boxtest::sqlstate
