#pragma once

#include <optional>
#include <vector>

#include "base/Interruption.hpp"
#include "base/Log.hpp"
#include "cli/Command.hpp"
#include "cli/Finding.hpp"
#include "cli/GuestOptions.hpp"
#include "manifest/Manifest.hpp"
#include "vm/QemuProgram.hpp"

namespace boxtest {

/// `boxtest doctor`: checks whether this host can run a machine, and advises what to do if not.
class DoctorCommand : public Command {
   public:
    explicit DoctorCommand(CLI::App& program);
    int run() override;

   private:
    void check(Finding finding);
    std::optional<Manifest> checkGuest();
    std::optional<QemuProgram> checkQemu(const std::string& architecture);
    void checkAccelerator(const Manifest& manifest, const QemuProgram& qemu, Log& log, const FailureLatch& interrupted);
    void checkRoom(const std::optional<Manifest>& manifest);
    void checkScenarios();

    GuestOptions guest_;
    bool bad_ = false;
};

}  // namespace boxtest
