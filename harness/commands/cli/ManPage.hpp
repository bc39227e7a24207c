#pragma once

#include <string>

#include "cli/CommandDescription.hpp"

namespace boxtest {

/// The man page of a program, in man(7)'s macros: what --help says of it and of all its commands, in the same words. `released`:
/// the date of the version, "2026-11-27", which is not that of a build.
std::string manPage(const CommandDescription& program, const std::string& version, const std::string& released);

}  // namespace boxtest
