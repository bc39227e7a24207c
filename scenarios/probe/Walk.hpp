#pragma once

#include <iosfwd>

namespace probe {

/// Walks over all files, on all mounted file systems, and prints those that are useful for privilege escalation. Input lines of a
/// word, a tab and a value:
///
///     top PATH      walk this path and everything below
///     skip PATH     do not enter this path
///     place PATH    users other than root write here: report links that lead here
///     name NAME     report every regular file with this name
///     since SECONDS report files below each `program` path that changed since then (ctime)
///     program PATH  folder that contains programs
///     whole PATH    count the names of all files and links below this path
///
/// Prints a record for each reported file, ended by NUL, with fields separated by tabs: its kind (f, d, l, b, c, s, p as in
/// find(1); ? for a folder that cannot be entered), the mode in octal, the owner's and the group's number, relevant extended
/// attributes ("capabilities", "acl-TAG:BITS:ID", "default-TAG:BITS:ID", separated by commas, or "-"), the reasons, its path, and
/// for a link its target. Reasons are letters: "o" users other than root own it, may write it, or become its user through it, or
/// it is not a file, folder or link; "x" its extended attributes; "l" the link leads to a `place`; "n" its name; "s" it changed
/// since; "i" not even its owner may change it, "a" it can only be appended to (statx(2)). For each folder below a `whole` path,
/// of at most three components, a record of kind N: as its last field the number of names, a colon and the sum of their FNV-1a
/// digests (64 bits, hexadecimal). The last record is "complete", a tab and the number of files that were checked.
void walk(std::istream& told);

}  // namespace probe
