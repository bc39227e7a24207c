#pragma once

#include <string>
#include <vector>

#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

/// The id of the memory backend that is all of the guest's RAM.
constexpr auto ramBackend = "mem";

/// Listening Unix sockets that QEMU inherits.
struct QemuSockets {
    int qmp = -1;
    int agent = -1;  ///< for the guest's agent
};

/// The argument vector that starts the guest: its first serial port on stdout, QMP on the inherited socket, a user-mode network
/// that reaches nothing but the three forwarded ports (ssh, http, https), each on a port of 127.0.0.1 that the kernel chooses.
/// A second network card sends to a socket that is not there until somebody puts it there. The devices are the same for every
/// use, so that a state that was frozen under one fits another. Depends on nothing but its arguments.
std::vector<std::string> qemuCommand(const MachineSpec& spec, const LaunchOptions& options, const QemuSockets& sockets = {});

/// A value inside a QEMU option: its commas doubled, as qemu(1) asks.
std::string qemuOptionValue(const std::string& value);

}  // namespace boxtest
