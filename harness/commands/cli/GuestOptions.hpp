#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "machine/ReadyMachine.hpp"

namespace boxtest {

/// The options of every command that boots a guest.
class GuestOptions {
   public:
    void add(CLI::App& app);

    /// Finds the guest and checks the values. Throws UsageError.
    BootOptions resolve() const;

    std::chrono::seconds timeout() const { return std::chrono::seconds(timeout_); }

    /// The absolute path of the guest's folder if --guest was given.
    std::optional<std::filesystem::path> asked() const;

    /// What of these options, and of BOXTEST_GUEST, is not so on a machine that is up: "it has another guest ('/a')". `anyGuest`:
    /// the caller does not ask for a guest, whatever BOXTEST_GUEST says. Throws UsageError for a guest that is missing.
    std::optional<std::string> differenceTo(const MachineInfo& machine, bool anyGuest = false) const;

    /// As arguments for another boxtest process that boots with the given options; the guest is given by path.
    static std::vector<std::string> arguments(const BootOptions& options);

   private:
    std::string guest_;
    std::string accelerator_ = "auto";
    long timeout_ = 1200;
};

}  // namespace boxtest
