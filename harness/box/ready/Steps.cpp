#include "ready/Steps.hpp"

#include <fmt/format.h>

#include "base/Error.hpp"
#include "base/ShownWait.hpp"
#include "ready/GuestAccess.hpp"
#include "ready/Readiness.hpp"
#include "ssh/SshError.hpp"

namespace boxtest {

namespace {

/// A session of the admin's on a running guest.
class Admin {
   public:
    Admin(const Manifest& manifest, const MachineInfo& machine, const FailureLatch& failure, Deadline deadline)
        : access_(GuestAccess::of(manifest, machine.ports, failure)), deadline_(deadline) {
        access_.connect(deadline_);
    }

    std::string told(const std::vector<std::string>& words) {
        auto result = access_.run(words, deadline_);
        if (!result.succeeded()) throw GuestError("the guest does not do what it is asked for: " + result.describe());
        return std::move(result.out);
    }

    void asRoot(std::vector<std::string> words) {
        words.insert(words.begin(), {"sudo", "-n", "--"});
        told(words);
    }

   private:
    GuestAccess access_;
    Deadline deadline_;
};

const std::vector<std::string> bootId{"cat", "/proc/sys/kernel/random/boot_id"};

}  // namespace

std::vector<std::string> steps::all() { return {reboot, restore}; }

void carryOutStep(const std::string& step, const Manifest& manifest, const MachineInfo& machine, const GuestHooks::Reboot& reboot,
                  Log& log, const FailureLatch& failure, Deadline deadline) {
    const auto connected = [&] { return Admin(manifest, machine, failure, deadline); };
    const auto untilReady = [&] {
        Readiness(manifest, GuestAccess::of(manifest, machine.ports, failure), log, failure).wait(deadline);
    };
    if (step == steps::reboot) {
        const auto before = connected().told(bootId);
        {
            const ShownWait shown(log, "the guest to go down and to come up again");
            reboot([&] {
                try {
                    connected().asRoot({"systemctl", "reboot"});
                } catch (const SessionLost&) {
                    // The guest is already going down.
                }
            });
        }
        untilReady();
        if (connected().told(bootId) == before)
            throw GuestError("the guest was not rebooted: its boot id is the one from before");
        return;
    }
    if (step == steps::restore) {
        {
            auto admin = connected();
            ShownWait shown(log, "a backup to be taken (1 of 2)");
            admin.asRoot({"systemctl", "start", "--", manifest.backup.hot});
            shown.now("the backup to be restored (2 of 2)");
            admin.asRoot({"systemctl", "start", "--", manifest.backup.restoreOf("latest")});
        }
        return untilReady();
    }
    throw UsageError(fmt::format("there is no step '{}'", step));
}

}  // namespace boxtest
