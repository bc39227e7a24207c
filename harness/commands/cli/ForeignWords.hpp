#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace boxtest {

/// Command lines that belong to another program, except for the user: `boxtest ssh [SSH'S...] USER [SSH'S...]`.
namespace foreign {

/// The options of another program that take a value, in the same word or in the next one.
struct ValuedOptions {
    std::string_view letters;
    std::vector<std::string_view> names;  ///< "--" and one of these, which may be shortened, as by getopt_long(3).
};

const ValuedOptions& sshOptions();
const ValuedOptions& psqlOptions();

/// A command line, divided at the user, which is the first word that is neither an option nor an option's value.
struct Line {
    std::vector<std::string> own;  ///< What boxtest itself parses: -h, --help, names that the other program cannot have, user.
    std::vector<std::string> options;  ///< The other program's options before the user.
    bool isClosed = false;             ///< A "--" stood before the user.
    std::vector<std::string> rest;     ///< All words after the user.

    static Line read(const std::vector<std::string>& words, const ValuedOptions& valued);
};

/// Takes the user from the words as ssh's: "-l USER HOST", "USER@HOST", "USER". The machine is the one that is up, whatever HOST
/// is.
void takeSshUser(Line& line);

/// Removes the first "--" if only plain words precede it: `psql jane postgres -- -c ...` becomes `psql jane postgres -c ...`.
std::vector<std::string> withoutSeparator(std::vector<std::string> words);

}  // namespace foreign

}  // namespace boxtest
