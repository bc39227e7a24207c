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

    /// As arguments for another boxtest process that boots with the given options; the guest is given by path.
    static std::vector<std::string> arguments(const BootOptions& options);

   private:
    std::string guest_;
    std::string accelerator_ = "auto";
    long timeout_ = 1200;
};

}  // namespace boxtest
