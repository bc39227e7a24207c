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

    /// Some commands pass their last words on to another program unchanged, before CLI11 parses them. Returns how many words (of
    /// those after the command's name) CLI11 parses; words.size() for all.
    virtual std::size_t ownWords(const std::vector<std::string>& words) const { return words.size(); }
    virtual void takeRest(std::vector<std::string>) {}

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
