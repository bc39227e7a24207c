#pragma once

#include <string>

#include "cli/CommandDescription.hpp"

namespace boxtest {

/// The man page of a program in man(7) macros: the --help texts of the program and of all its commands. `released`: the release
/// date of the version, "2026-11-27", not the date of a build.
std::string manPage(const CommandDescription& program, const std::string& version, const std::string& released);

}  // namespace boxtest
