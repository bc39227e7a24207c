#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "guest/Manifest.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

struct QemuCommandOptions {
    bool kvm = false;
    std::filesystem::path overlay = {};      ///< qcow2, backed by the guest's disk
    int qmpDescriptor = -1;                  ///< listening Unix socket that QEMU inherits
    std::string appendedToCommandLine = {};  ///< kernel parameters after the manifest's own
};

/// The argument vector that starts the guest: its first serial port on stdout, QMP on the inherited socket, a user-mode network
/// that reaches nothing but the three forwarded ports (ssh, http, https), each on a port of 127.0.0.1 that the kernel chooses.
/// Depends on nothing but its arguments.
std::vector<std::string> qemuCommand(const Manifest& manifest, const QemuProgram& qemu, const QemuCommandOptions& options);

/// A value inside a QEMU option: its commas doubled, as qemu(1) asks.
std::string qemuOptionValue(const std::string& value);

}  // namespace boxtest
