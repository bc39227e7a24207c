#include "vm/SavedState.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/Error.hpp"

namespace boxtest {

using nlohmann::json;

namespace {

/// A capability must be the same when a state is saved and loaded.
void prepare(Qmp& qmp, Deadline deadline) {
    qmp.execute("migrate-set-capabilities",
                {{"capabilities", json::array({{{"capability", "x-ignore-shared"}, {"state", true}},
                                               {{"capability", "events"}, {"state", true}}})}},
                deadline);
}

json channels(const std::filesystem::path& file) {
    const json address{{"transport", "file"}, {"filename", file.string()}, {"offset", 0}};
    return {{"channels", json::array({{{"channel-type", "main"}, {"addr", address}}})}};
}

/// Returns the final status of the migration: completed, failed or cancelled.
std::string waitForEnd(Qmp& qmp, Deadline deadline) {
    for (;;) {
        const auto event = qmp.waitForEvent("MIGRATION", deadline);
        const auto status = event.value("data", json::object()).value("status", "");
        if (status == "completed" || status == "failed" || status == "cancelled") return status;
    }
}

void load(Machine& machine, const json& from, const std::string& name, Deadline deadline) {
    auto& qmp = machine.qmp();
    prepare(qmp, deadline);
    qmp.execute("migrate-incoming", from, deadline);
    // A QEMU that cannot load a state ends, and its last words say why.
    if (waitForEnd(qmp, deadline) != "completed") throw GuestError("QEMU cannot load the machine's state from " + name);
}

}  // namespace

void saveState(Machine& machine, const std::filesystem::path& file, Deadline deadline) {
    auto& qmp = machine.qmp();
    qmp.execute("stop", deadline);
    prepare(qmp, deadline);
    // The default limit is meant for a network.
    qmp.execute("migrate-set-parameters", {{"max-bandwidth", std::int64_t{1} << 40}}, deadline);
    qmp.execute("migrate", channels(file), deadline);
    if (waitForEnd(qmp, deadline) == "completed") return;
    const auto told = qmp.execute("query-migrate", deadline).value("error-desc", "QEMU does not say why");
    throw Error(ErrorKind::system, "cannot write the machine's state to '" + file.string() + "': " + told);
}

void loadState(Machine& machine, const std::filesystem::path& file, Deadline deadline) {
    load(machine, channels(file), "'" + file.string() + "'", deadline);
}

void loadState(Machine& machine, int descriptor, Deadline deadline) {
    load(machine, {{"uri", "fd:" + std::to_string(descriptor)}}, "a pipe", deadline);
}

}  // namespace boxtest
