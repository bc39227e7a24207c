#pragma once

#include "Options.hpp"

namespace boxtest::fakeqemu {

/// Writes what a booting guest sends to its serial port.
void startConsole(const Options& options);

/// Writes a kernel panic, with lines split over several writes, and with terminal control sequences.
void panic();

void prompt();

}  // namespace boxtest::fakeqemu
