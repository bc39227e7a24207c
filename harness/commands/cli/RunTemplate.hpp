#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "base/FailureLatch.hpp"
#include "base/Log.hpp"
#include "cli/GuestOptions.hpp"
#include "store/Lease.hpp"
#include "template/Template.hpp"

namespace boxtest {

/// What a run must know of the template that it forks from.
struct RunTemplate {
    std::filesystem::path folder;
    std::shared_ptr<const Template> held = {};              ///< With its leases; empty for one of --template.
    std::shared_ptr<const std::vector<Lease>> leases = {};  ///< Of one of --template.

    /// Of the options --template (empty: not given) and --guest: which of the two below. For a command that complains before it
    /// does anything, check() is what find() begins with: UsageError when both were given, because a template has its guest.
    static RunTemplate find(const std::string& asked, const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure,
                            TemplateStage stage = TemplateStage::warm, const std::string& after = {});
    static void check(const std::string& asked, const GuestOptions& guest);

    /// The template in this folder, as it is; the workers check the rest. Throws UsageError when there is none.
    static RunTemplate in(const std::filesystem::path& folder);

    /// The guest's template, built when there is none and that is allowed. Throws UsageError with the command to type
    /// otherwise, and what booting and freezing throw. `stage`, `after`: as TemplateOptions'.
    static RunTemplate of(const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure,
                          TemplateStage stage = TemplateStage::warm, const std::string& after = {});
};

/// --after STEP, of commands that make templates.
void addAfterOption(CLI::App& arguments, std::string& after);

}  // namespace boxtest
