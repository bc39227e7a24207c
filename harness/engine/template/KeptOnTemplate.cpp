#include "template/KeptOnTemplate.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "store/Store.hpp"
#include "template/TemplateRecord.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t shownOfKey = 12;

/// The facts of an image or RAM file of the template in its new place. Throws UsageError unless its size is the recorded one.
FileFacts factsThere(const fs::path& file, const FileFacts& recorded, const std::string& cannot) {
    auto now = FileFacts::of(file);
    if (now.size != recorded.size)
        throw UsageError(cannot + fmt::format("'{}' has {} bytes instead of {}", file.string(), now.size, recorded.size));
    return now;
}

}  // namespace

bool isDifferenceToTemplate(const KeptMachine& kept) { return kept.support.size() == 2 && kept.ramFacts; }

fs::path templateOf(const KeptMachine& kept) {
    for (const auto& folder : {store::templates() / kept.templateKey, kept.ram.parent_path()})
        if (!folder.empty() && files::exists(folder / TemplateRecord::fileName)) return folder;
    throw UsageError(
        fmt::format("it is a difference to the template {}, which is neither in the cache nor in '{}'; name a copy of it: "
                    "--template FOLDER",
                    kept.templateKey.substr(0, shownOfKey), kept.ram.parent_path().string()));
}

LeasedKeptMachine keptOnTemplate(const GuestHooks& hooks, const KeptMachine& kept, const fs::path& templateFolder, Log& log,
                                 const FailureLatch* failure, Deadline deadline) {
    const auto cannot = fmt::format("cannot resume it from the template in '{}': ", templateFolder.string());
    // A machine that depends on another kept machine has that machine's disk first in `support`.
    if (kept.support.size() < 2 || !kept.ramFacts)
        throw UsageError(cannot + "it is complete and needs no template: resume it without --template");
    const auto folder = files::real(templateFolder);
    std::vector<Lease> leases;
    leases.push_back(store::use(folder, log, failure, deadline));
    const auto record = TemplateRecord::load(folder);
    if (record.key != kept.templateKey)
        throw UsageError(cannot + fmt::format("it was forked from the template {}, and this is {}",
                                              kept.templateKey.substr(0, shownOfKey), record.key.substr(0, shownOfKey)));
    leases.push_back(store::use(record.guestFolder, log, failure, deadline));
    const auto guest = hooks.load(record.guestFolder);
    if (const auto damage = record.damage(folder, guest)) throw UsageError(cannot + *damage);
    const auto state = folder / TemplateRecord::stateName;
    if (kept.templateState && kept.templateState->sha256 != record.files.at(TemplateRecord::stateName).sha256)
        throw UsageError(cannot +
                         "it was forked from another template of the same inputs, and two templates never have the same RAM");

    auto there = kept;
    there.guestFolder = record.guestFolder;
    there.ram = folder / TemplateRecord::ramName;
    there.ramFacts = factsThere(there.ram, *kept.ramFacts, cannot);
    if (there.templateState) there.templateState = FileFacts::of(state, true);
    // In the order of the chain: the template's disk is based on the guest's disk.
    auto& ofTemplate = there.support[there.support.size() - 2];
    ofTemplate.image.file = folder / TemplateRecord::diskName;
    ofTemplate.facts = factsThere(ofTemplate.image.file, ofTemplate.facts, cannot);
    auto& ofGuest = there.support.back();
    ofGuest.image = {.file = guest.boot.disk, .format = guest.boot.diskFormat};
    ofGuest.facts = factsThere(ofGuest.image.file, ofGuest.facts, cannot);
    return {.machine = std::move(there), .leases = std::move(leases)};
}

}  // namespace boxtest
