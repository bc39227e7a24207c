#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace boxtest {

/// A command line's description as --help shows it, as plain data: the man page and the shells' completion are made from it, so
/// that no second text has to be kept.
struct CommandDescription {
    struct Option {
        std::vector<std::string> names;    ///< "-j", "--jobs"; of a positional one its name, "FILTER".
        std::string value;                 ///< "FILE": what its value is; empty for a flag.
        std::vector<std::string> choices;  ///< The only values there are; mostly empty.
        std::string description;
        std::string defaultText;  ///< Its value when it is not given, when that is one text.
        bool required = false;
        bool repeated = false;  ///< A positional one that takes all words that follow.
    };
    struct Group {
        std::string title;  ///< Empty for the options that are in no group.
        std::string description;
        std::vector<Option> options;
    };

    std::string name;
    std::string description;
    std::string footer;  ///< Empty when it is only that of the program.
    std::vector<Group> groups;
    std::vector<Option> positionals;
    std::vector<CommandDescription> commands;  ///< Hidden ones are left out.
    bool passesWordsOn = false;                ///< What follows its positionals belongs to another program.

    /// Of the program with all its commands.
    static CommandDescription of(const CLI::App& program);

    /// The command of this name among `commands`; null when there is none.
    const CommandDescription* find(const std::string& command) const;
    /// The option of this name ("--jobs"); null when there is none.
    const Option* option(const std::string& named) const;
    /// "boxtest keep export [OPTIONS] KEPT FILE" for the parent "boxtest keep".
    std::string usage(const std::string& parent) const;
};

}  // namespace boxtest
