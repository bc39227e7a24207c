#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace boxtest {

/// Command lines of which the last words belong to another program: `boxtest ssh [OURS] USER [SSH'S...]`.
namespace foreign {

/// How many words are ours: our options, and the user, which is the first word that is no option. All, when there is none.
std::size_t upToUser(const std::vector<std::string>& words);

/// Without a first "--" that only plain words stand before: `psql jane postgres -- -c ...` is `psql jane postgres -c ...`.
std::vector<std::string> withoutSeparator(std::vector<std::string> words);

/// Words that follow ssh's destination, as ssh(1) reads them: options, then a command.
struct SshWords {
    bool asksForTerminal = false;  ///< -t is among the options.
    bool hasCommand = false;

    static SshWords read(const std::vector<std::string>& words);
};

}  // namespace foreign

}  // namespace boxtest
