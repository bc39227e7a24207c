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

    /// The guest's folder when one was asked for by --guest, absolute.
    std::optional<std::filesystem::path> asked() const;

    /// As arguments of another boxtest that shall do the same; the guest by its path.
    static std::vector<std::string> arguments(const BootOptions& options);

   private:
    std::string guest_;
    std::string accelerator_ = "auto";
    long timeout_ = 1200;
};

}  // namespace boxtest
