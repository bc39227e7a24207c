#include "ready/BoxHooks.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "base/AtomicFile.hpp"
#include "base/Files.hpp"
#include "manifest/Manifest.hpp"
#include "ready/GuestAccess.hpp"
#include "ready/Readiness.hpp"
#include "ready/Steps.hpp"
#include "ready/WarmUp.hpp"

namespace boxtest {

Guest BoxHooks::load(const std::filesystem::path& folder) const { return Manifest::load(folder).guest(); }

void BoxHooks::waitUntilReady(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                              Deadline deadline) const {
    const auto manifest = Manifest::load(guest.folder);
    Readiness(manifest, GuestAccess::of(manifest, machine.ports, failure), log, failure).wait(deadline);
}

void BoxHooks::warmUp(const Guest& guest, const MachineInfo& machine, Log& log, const FailureLatch& failure,
                      Deadline deadline) const {
    boxtest::warmUp(Manifest::load(guest.folder), machine, log, failure, deadline);
}

int BoxHooks::warmUpVersion() const { return boxtest::warmUpVersion; }

std::vector<std::string> BoxHooks::steps() const { return steps::all(); }

void BoxHooks::carryOut(const std::string& step, const Guest& guest, const MachineInfo& machine, const Reboot& reboot, Log& log,
                        const FailureLatch& failure, Deadline deadline) const {
    carryOutStep(step, Manifest::load(guest.folder), machine, reboot, log, failure, deadline);
}

void BoxHooks::copyWithoutDisk(const std::filesystem::path& folder, const std::filesystem::path& to,
                               const std::string& disk) const {
    const auto manifest = Manifest::load(folder);
    files::makeFolder(to);
    for (const auto& entry : files::entriesOf(folder))
        if (!files::isSame(entry, manifest.boot.disk)) files::copyAll(entry, to / entry.filename());
    auto value = nlohmann::json::parse(readWholeFile(folder / "guest.json"));
    value["boot"]["disk"] = {{"file", disk}, {"format", "qcow2"}};
    writeFileAtomically(to / "guest.json", value.dump(2) + "\n", 0600);
    // The manifest's files must exist, so create an empty one.
    std::error_code ignored;
    std::filesystem::remove(to / disk, ignored);
    writeFileAtomically(to / disk, "", 0600);
}

const BoxHooks& boxHooks() {
    static const BoxHooks hooks;
    return hooks;
}

}  // namespace boxtest
