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

/// What a run needs to know about the template that it forks.
struct RunTemplate {
    std::filesystem::path folder;
    std::shared_ptr<const Template> held = {};              ///< With its leases; null for a template given by --template.
    std::shared_ptr<const std::vector<Lease>> leases = {};  ///< For a template given by --template.

    /// Calls in() or of(), depending on the options --template (`asked`; empty: not given) and --guest. Begins with check(),
    /// which commands can also call first, to report errors before any work: it throws UsageError when both options were given,
    /// because a template belongs to one guest.
    static RunTemplate find(const std::string& asked, const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure,
                            TemplateStage stage = TemplateStage::warm, const std::string& after = {});
    static void check(const std::string& asked, const GuestOptions& guest);

    /// The existing template in this folder; the workers validate it. Throws UsageError when there is none.
    static RunTemplate in(const std::filesystem::path& folder, Log& log, const FailureLatch& failure);

    /// The guest's template; built if there is none and `mayBuild` is true. Otherwise throws UsageError with the command that
    /// builds it; also throws what booting and freezing throw. `stage`, `after`: as in TemplateOptions.
    static RunTemplate of(const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure,
                          TemplateStage stage = TemplateStage::warm, const std::string& after = {});
};

/// Adds --after STEP, for commands that make templates.
void addAfterOption(CLI::App& arguments, std::string& after);

}  // namespace boxtest
