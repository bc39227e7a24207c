#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/CommandDescription.hpp"

namespace boxtest {

/// What the shells offer for a word of a command line.
struct Completion {
    struct Candidate {
        std::string text;         ///< The whole word.
        std::string description;  ///< For shells that show one; may be empty.
    };
    enum class Paths { none, files, folders };

    std::vector<Candidate> candidates;
    Paths paths = Paths::none;  ///< Besides, names of files or folders, which the shell knows best.

    /// The values that there are of a kind ("USER", "FILTER": how --help calls an option's value), without regard to what was
    /// typed.
    using Values = std::function<Completion(const std::string& kind)>;

    /// `words`: those after the program's name, the one to be completed last (empty when it has not begun).
    static Completion of(const CommandDescription& program, const std::vector<std::string>& words, const Values& values);

    /// As the shells' scripts read it: a candidate a line, with a tab and its description; ":files" or ":folders".
    std::string text() const;
};

/// The script that makes a shell ("bash", "zsh", "fish") ask `boxtest complete`.
std::string completionScript(const std::string& shell);

}  // namespace boxtest
