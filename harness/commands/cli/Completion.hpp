#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/CommandDescription.hpp"

namespace boxtest {

/// What a shell offers for the current word of a command line.
struct Completion {
    struct Candidate {
        std::string text;         ///< The whole word.
        std::string description;  ///< For shells that display descriptions; may be empty.
    };
    enum class Paths { none, files, folders };

    std::vector<Candidate> candidates;
    Paths paths = Paths::none;  ///< File or folder names in addition, which the shell completes itself.

    /// Returns all values of a kind ("USER", "FILTER": the value's name in --help), independent of the typed text.
    using Values = std::function<Completion(const std::string& kind)>;

    /// `words`: the words after the program's name; the last one is completed (empty if it has not begun).
    static Completion of(const CommandDescription& program, const std::vector<std::string>& words, const Values& values);

    /// The format for the shell scripts: one candidate per line, with a tab and its description; then ":files" or ":folders".
    std::string text() const;
};

/// The script that makes a shell ("bash", "zsh", "fish") call `boxtest complete`.
std::string completionScript(const std::string& shell);

}  // namespace boxtest
