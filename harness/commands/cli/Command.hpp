#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "report/ExitCode.hpp"

namespace boxtest {

/// One command of the program: declares its arguments, and runs after they were parsed.
class Command {
   public:
    virtual ~Command() = default;

    /// Exit status of the program: an ExitCode, or the status of a program that was run for the user.
    virtual int run() = 0;

    /// Some commands pass words on to another program unchanged: they keep these, of the words after the command's name, and
    /// return the words that CLI11 parses.
    virtual std::vector<std::string> takeForeign(std::vector<std::string> words) { return words; }

    const CLI::App& app() const { return *app_; }

   protected:
    Command(CLI::App& program, const std::string& name, const std::string& description)
        : app_(program.add_subcommand(name, description)) {}
    CLI::App& arguments() { return *app_; }

    static int code(ExitCode code) { return static_cast<int>(code); }

   private:
    CLI::App* app_;
};

}  // namespace boxtest
