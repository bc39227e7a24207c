#include "cli/CompletionValues.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "cli/RunResults.hpp"
#include "cli/ScenariosProgram.hpp"
#include "cli/UpMachine.hpp"
#include "store/GuestStore.hpp"
#include "store/Store.hpp"
#include "template/KeptStore.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;
using Paths = Completion::Paths;

constexpr auto patience = std::chrono::seconds(10);

/// The guest of the machine that is up, else the guest that would be booted.
fs::path presentGuest() {
    NullLog quiet;
    if (const auto up = UpMachine::tryFind(quiet)) return up->info.guestFolder;
    return findGuest(std::nullopt);
}

Completion users() {
    Completion all;
    for (const auto& [user, key] : Manifest::load(presentGuest()).ssh.privateKeys) all.candidates.push_back({user, ""});
    return all;
}

Completion claims(const Catalogue& catalogue) {
    Completion all;
    for (const auto& claim : catalogue.claims()) all.candidates.push_back({claim.id, claim.promise});
    return all;
}

Completion filters() {
    const auto catalogue = listScenarios(findScenariosProgram(), Deadline::in(patience));
    auto all = claims(catalogue);
    std::set<std::string> traits;
    for (const auto& entry : catalogue.entries()) {
        all.candidates.push_back({entry.scenario, entry.claim});
        traits.insert(entry.traits.begin(), entry.traits.end());
    }
    for (const auto& trait : traits) all.candidates.push_back({trait, "a trait"});
    return all;
}

Completion runs() {
    Completion all{.candidates = {}, .paths = Paths::files};
    for (const auto& run : entriesOf(store::runs()))
        if (files::isFile(run / RunResults::jsonName)) all.candidates.push_back({run.filename().string(), "a run"});
    return all;
}

Completion kept() {
    Completion all{.candidates = {}, .paths = Paths::files};
    std::set<std::string> scenarios;
    for (const auto& one : KeptStore::all())
        if (!one.scenario.empty() && scenarios.insert(one.scenario).second)
            all.candidates.push_back({one.scenario, "its newest kept machine"});
    return all;
}

/// The subfolders that contain this file.
Completion foldersWith(const fs::path& parent, const char* file) {
    Completion all{.candidates = {}, .paths = Paths::folders};
    for (const auto& folder : entriesOf(parent))
        if (!folder.filename().string().starts_with('.') && files::isFile(folder / file))
            all.candidates.push_back({folder.string(), ""});
    return all;
}

Completion logs() {
    Completion all;
    for (const auto* name : {"console", "qemu", "keeper", "odoo", "pgadmin", "postgresql", "nginx"})
        all.candidates.push_back({name, ""});
    return all;
}

}  // namespace

Completion completionValues(const std::string& kind) {
    const std::map<std::string, std::function<Completion()>> sources{
        {"USER", users},
        {"FILTER", filters},
        {"CLAIM", [] { return claims(listScenarios(findScenariosProgram(), Deadline::in(patience))); }},
        {"RUN", runs},
        {"KEPT", kept},
        {"GUEST", [] { return foldersWith(store::guests(), "guest.json"); }},
        {"TEMPLATE", [] { return foldersWith(store::templates(), "template.json"); }},
        {"WHICH", logs},
        {"FILE", [] { return Completion{.candidates = {}, .paths = Paths::files}; }},
        {"FOLDER", [] { return Completion{.candidates = {}, .paths = Paths::folders}; }},
    };
    const auto source = sources.find(kind);
    if (source == sources.end()) return {};
    try {
        return source->second();
    } catch (const Error&) {
        // A user who only presses the Tab key needs no error message.
        return {};
    }
}

}  // namespace boxtest
