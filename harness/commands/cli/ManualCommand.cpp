#include "cli/ManualCommand.hpp"

#include <iostream>
#include <utility>

#include "cli/CommandDescription.hpp"
#include "cli/ManPage.hpp"

namespace boxtest {

ManualCommand::ManualCommand(CLI::App& program, BuildFacts build)
    : Command(program, "manual", "Print the man page"), build_(std::move(build)) {
    arguments().group("");
}

int ManualCommand::run() {
    std::cout << manPage(CommandDescription::of(*arguments().get_parent()), build_.version, build_.released);
    return code(ExitCode::good);
}

}  // namespace boxtest
