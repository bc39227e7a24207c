#pragma once

#include <string>

#include "Deadlines.hpp"
#include "Paths.hpp"
#include "base/FailureLatch.hpp"
#include "base/TemporaryFolder.hpp"
#include "unit/manifest/FakeGuest.hpp"
#include "unit/vm/RecordingLog.hpp"
#include "vm/LaunchQemu.hpp"
#include "vm/Machine.hpp"

namespace boxtest {

/// The fake QEMU as emulator and image tool.
inline QemuProgram fakeQemu() {
    return {.emulator = paths::fakeQemu, .imageTool = paths::fakeQemu, .major = 10, .version = "10.0.2 (fake)"};
}

/// A guest for the fake QEMU, and everything else that a machine needs. `behaviour` controls the fake QEMU ("fake.panic").
struct FakeHost {
    explicit FakeHost(const std::string& behaviour = "") : files("console=ttyS0 " + behaviour), guest(files.load().guest()) {}

    Machine boot(Deadline deadline = soon()) {
        return Machine::boot({.guest = guest, .qemu = fakeQemu()}, {.folder = folder.path()}, log, deadline, &failure);
    }

    /// Starts only the process, without QMP.
    std::unique_ptr<QemuProcess> launch() {
        return launchQemu({.guest = guest, .qemu = fakeQemu()}, {.folder = folder.path()}, failure, soon());
    }

    FakeGuest files;
    Guest guest;
    TemporaryFolder folder{"machine"};
    RecordingLog log;
    FailureLatch failure;
};

}  // namespace boxtest
