#pragma once

#include <string>
#include <vector>

#include "vm/LaunchOptions.hpp"
#include "vm/MachineSpec.hpp"

namespace boxtest {

/// The id of the memory backend that holds all of the guest's RAM.
constexpr auto ramBackend = "mem";

/// Listening Unix sockets that QEMU inherits.
struct QemuSockets {
    int qmp = -1;
    int agent = -1;  ///< for the guest's agent
};

/// The argument vector that starts the guest: its first serial port on stdout, QMP on the inherited socket, a user-mode network
/// that reaches nothing but the three forwarded ports (ssh, http, https), each on a port of 127.0.0.1 that the kernel chooses. A
/// second network card sends to a socket path that does not exist until another component creates it. The devices are the same
/// for every use, so that a state frozen in one use fits another. The result depends only on the arguments.
std::vector<std::string> qemuCommand(const MachineSpec& spec, const LaunchOptions& options, const QemuSockets& sockets = {});

/// Escapes a value inside a QEMU option: doubles its commas, as qemu(1) requires.
std::string qemuOptionValue(const std::string& value);

}  // namespace boxtest
