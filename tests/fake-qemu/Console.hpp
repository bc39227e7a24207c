#pragma once

#include "Options.hpp"

namespace boxtest::fakeqemu {

/// What the guest writes to its serial port when it boots.
void startConsole(const Options& options);

/// In pieces, with what a terminal would see around them.
void panic();

void prompt();

}  // namespace boxtest::fakeqemu
