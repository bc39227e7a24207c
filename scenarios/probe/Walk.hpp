#pragma once

#include <iosfwd>

namespace probe {

/// Walks over all files, on whatever is mounted, and prints those that somebody who looks for a way up would note. Told by lines
/// of a word, a tab and a value:
///
///     top PATH      walk it, and all below
///     skip PATH     do not enter it
///     place PATH    where others than root write: a link that leads there is noted
///     name NAME     every regular file of this name is noted
///     since SECONDS what changed since then (its ctime) is noted, below each
///     program PATH  place where programs lie
///
/// A record for each file that is noted, ended by NUL, its fields separated by tabs: its kind (f, d, l, b, c, s, p as find(1) has
/// them; ? for a folder that cannot be entered), the mode in octal, the owner's and the group's number, what extended attributes
/// say ("capabilities", "acl-TAG:BITS:ID", "default-TAG:BITS:ID", separated by commas, or "-"), why it is noted, its path, and of
/// a link where it leads. Why, letters: "o" others than root own it, may write it, or become its user by it, or it is neither
/// file nor folder nor link; "x" its extended attributes; "l" the link leads to a place; "n" its name; "s" it changed since. Then
/// "complete", a tab and the number of files that were looked at.
void walk(std::istream& told);

}  // namespace probe
