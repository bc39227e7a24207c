#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "report/ExitCode.hpp"

namespace boxtest {

/// One command of the program: it declares its arguments, and runs when they were parsed.
class Command {
   public:
    virtual ~Command() = default;

    /// Exit status of the program: an ExitCode, or that of a program which was run for the person.
    virtual int run() = 0;

    /// A command whose last words belong to another program takes all that follows as it is, before CLI11 sees it: `first`
    /// tells how many words it keeps (of those after its name), words.size() for all.
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
