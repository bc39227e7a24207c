#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace boxtest {

/// Description of a command line as --help shows it, as plain data: the source of the man page and of shell completion, so that
/// no second text has to be maintained.
struct CommandDescription {
    struct Option {
        std::vector<std::string> names;    ///< "-j", "--jobs"; the name of a positional argument, "FILTER".
        std::string value;                 ///< "FILE": the kind of its value; empty for a flag.
        std::vector<std::string> choices;  ///< All allowed values, if they are limited; usually empty.
        std::string description;
        std::string defaultText;  ///< Its default value, if that is a single text.
        bool required = false;
        bool repeated = false;  ///< A positional argument that takes all following words.
    };
    struct Group {
        std::string title;  ///< Empty for options without a group.
        std::string description;
        std::vector<Option> options;
    };

    std::string name;
    std::string description;
    std::string footer;  ///< Empty if only the program has a footer.
    std::vector<Group> groups;
    std::vector<Option> positionals;
    std::vector<CommandDescription> commands;  ///< Without hidden commands.
    bool passesWordsOn = false;                ///< The words after its positional arguments belong to another program.

    /// Describes the program with all its commands.
    static CommandDescription of(const CLI::App& program);

    /// The command with this name in `commands`; null if there is none.
    const CommandDescription* find(const std::string& command) const;
    /// The option with this name ("--jobs"); null if there is none.
    const Option* option(const std::string& named) const;
    /// For the parent "boxtest keep": "boxtest keep export [OPTIONS] KEPT FILE".
    std::string usage(const std::string& parent) const;
};

}  // namespace boxtest
