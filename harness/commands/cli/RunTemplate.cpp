#include "cli/RunTemplate.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/ShellQuote.hpp"
#include "ready/BoxHooks.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace {

/// Another process may be rebuilding the template.
constexpr auto leaseBudget = std::chrono::minutes(30);

/// Finds the template like findOrBuild(), but does not build it.
std::shared_ptr<const Template> findOnly(const TemplateOptions& options, Log& log, FailureLatch& failure) {
    std::shared_ptr<const Template> found;
    try {
        found = Template::find(boxHooks(), options, log, failure, Deadline::in(options.boot.timeout));
    } catch (const UsageError& error) {
        throw UsageError(fmt::format("{}; make it anew: boxtest template", error.what()));
    }
    if (!found)
        throw UsageError(fmt::format("there is no template of the guest '{}' yet; make it: boxtest template --guest {}{}",
                                     boxHooks().load(options.boot.guestFolder).id.substr(0, 12),
                                     shellQuote(options.boot.guestFolder.string()),
                                     options.after.empty() ? "" : " --after " + options.after));
    return found;
}

}  // namespace

RunTemplate RunTemplate::in(const std::filesystem::path& folder, Log& log, const FailureLatch& failure) {
    const auto file = folder / "template.json";
    if (!files::exists(file)) throw UsageError(fmt::format("'{}' holds no template: there is no template.json", folder.string()));
    // The workers report what is wrong with the template; here it is only protected from removal.
    const auto deadline = Deadline::in(leaseBudget);
    auto leases = store::useAll({folder}, log, &failure, deadline);
    std::optional<std::filesystem::path> guest;
    try {
        guest = TemplateRecord::load(folder).guestFolder;
    } catch (const Error&) {
    }
    if (guest && files::exists(*guest)) leases.push_back(store::use(*guest, log, &failure, deadline));
    return {.folder = files::absolute(folder), .leases = std::make_shared<const std::vector<Lease>>(std::move(leases))};
}

void RunTemplate::check(const std::string& asked, const GuestOptions& guest) {
    if (!asked.empty() && guest.asked())
        throw UsageError("--template and --guest exclude each other: a template belongs to one guest");
}

RunTemplate RunTemplate::find(const std::string& asked, const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure,
                              TemplateStage stage, const std::string& after) {
    check(asked, guest);
    return asked.empty() ? of(guest, mayBuild, log, failure, stage, after) : in(asked, log, failure);
}

RunTemplate RunTemplate::of(const GuestOptions& guest, bool mayBuild, Log& log, FailureLatch& failure, TemplateStage stage,
                            const std::string& after) {
    const TemplateOptions options{.boot = guest.resolve(), .stage = stage, .after = after};
    const auto found = mayBuild ? Template::findOrBuild(boxHooks(), options, log, failure, Deadline::in(options.boot.timeout))
                                : findOnly(options, log, failure);
    return {.folder = found->folder(), .held = found};
}

void addAfterOption(CLI::App& arguments, std::string& after) {
    arguments
        .add_option("--after", after,
                    "A template that was frozen after this was done to a fork of the usual one: reboot, or restore (of a backup "
                    "that was taken before)")
        ->type_name("STEP")
        ->check(CLI::IsMember(boxHooks().steps()));
}

}  // namespace boxtest
