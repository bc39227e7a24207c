#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace boxtest {

/// Command lines whose last words belong to another program: `boxtest ssh [OURS] USER [SSH'S...]`.
namespace foreign {

/// Number of words that belong to boxtest: its options and the user, which is the first word that is not an option. All if there
/// is no user.
std::size_t upToUser(const std::vector<std::string>& words);

/// Removes the first "--" if only plain words precede it: `psql jane postgres -- -c ...` becomes `psql jane postgres -c ...`.
std::vector<std::string> withoutSeparator(std::vector<std::string> words);

/// The words after ssh's destination, parsed as ssh(1) does: options, then a command.
struct SshWords {
    bool asksForTerminal = false;  ///< -t is among the options.
    bool hasCommand = false;

    static SshWords read(const std::vector<std::string>& words);
};

}  // namespace foreign

}  // namespace boxtest
