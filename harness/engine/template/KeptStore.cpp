#include "template/KeptStore.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <system_error>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// The folders of all kept machines, readable or not, in the order in which they are found.
std::vector<fs::path> folders() {
    std::vector<fs::path> found;
    const auto collect = [&found](const fs::path& below) {
        for (auto& one : store::keptBelow(below)) found.push_back(std::move(one));
    };
    const auto isShown = [](const fs::path& entry) { return !entry.filename().string().starts_with('.'); };
    for (const auto& run : entriesOf(store::runs()))
        if (isShown(run)) collect(run / "kept");
    for (const auto& one : entriesOf(store::imported()))
        if (isShown(one)) collect(one);
    return found;
}

/// Removes the empty folders above a removed machine, and the run's folder when it is empty. Does nothing while the run goes on:
/// it may be about to keep another machine there.
void removeEmptyParents(const fs::path& kept, const fs::path& run) {
    const auto lock = store::runLock(run);
    const auto alone = Lease::tryTake(lock, Lease::Kind::exclusive);
    if (!alone || !*alone) return;
    std::error_code failed;
    for (auto parent = kept.parent_path(); parent != run; parent = parent.parent_path())
        if (!fs::remove(parent, failed)) return;
    if (entriesOf(run) != std::vector<fs::path>{lock.path}) return;
    fs::remove(lock.path, failed);
    fs::remove(run, failed);
}

void removeAll(const fs::path& folder) {
    std::error_code failed;
    // First the file that makes it a kept machine: a half-removed folder is then none.
    fs::remove(folder / store::keptFile, failed);
    if (!failed) fs::remove_all(folder, failed);
    if (failed) throw SystemError(fmt::format("cannot remove '{}'", folder.string()), failed.value());
}

}  // namespace

fs::path KeptStore::importFolder() { return store::imported(); }

std::vector<KeptMachine> KeptStore::all() {
    std::vector<KeptMachine> found;
    for (const auto& folder : folders()) {
        try {
            found.push_back(KeptMachine::load(folder));
        } catch (const Error&) {
            // The machine is of another version, or half removed.
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.when > b.when; });
    return found;
}

std::vector<std::string> KeptStore::unreadable() {
    std::vector<std::string> why;
    for (const auto& folder : folders()) {
        try {
            KeptMachine::load(folder);
        } catch (const UsageError& error) {
            why.emplace_back(error.what());
        } catch (const Error&) {
            // The machine was removed meanwhile.
        }
    }
    return why;
}

std::set<store::Thing> KeptStore::supports() {
    std::set<store::Thing> things;
    for (const auto& kept : all()) {
        const auto itself = store::thingOf(kept.folder / KeptMachine::fileName);
        std::vector<fs::path> files{kept.guestFolder};
        for (const auto& one : kept.support) files.push_back(one.image.file);
        if (kept.ramFacts) files.push_back(kept.ram);
        for (const auto& file : files)
            if (auto thing = store::thingOf(file); thing.kind != store::Thing::Kind::none && thing != itself)
                things.insert(std::move(thing));
    }
    return things;
}

KeptMachine KeptStore::find(const std::string& what) {
    std::error_code failed;
    if (fs::exists(fs::path(what) / KeptMachine::fileName, failed)) return KeptMachine::load(what);
    std::set<std::string> names;
    for (auto& kept : all()) {
        if (kept.scenario == what) return kept;
        names.insert(kept.scenario);
    }
    if (names.empty()) throw UsageError(fmt::format("no machine was kept of '{}', nor of any other scenario", what));
    throw UsageError(fmt::format("no machine was kept of '{}'; there are: {}", what, fmt::join(names, ", ")));
}

KeptMachine KeptStore::findIn(const fs::path& given, const std::string& scenario) {
    // Resolved now: a link such as `result` may lead to another folder soon.
    const auto folder = files::real(given);
    if (files::exists(folder / KeptMachine::fileName)) return KeptMachine::load(folder);
    auto below = store::keptBelow(folder);
    if (below.empty()) throw UsageError(fmt::format("no machine was kept in '{}'", given.string()));
    if (below.size() == 1 && scenario.empty()) return KeptMachine::load(below.front());
    std::set<std::string> names;
    for (const auto& one : below) {
        auto kept = KeptMachine::load(one);
        if (!scenario.empty() && kept.scenario == scenario) return kept;
        names.insert(kept.scenario);
    }
    if (scenario.empty())
        throw UsageError(fmt::format("several machines were kept in '{}'; name one's scenario, too: {}", given.string(),
                                     fmt::join(names, ", ")));
    throw UsageError(
        fmt::format("no machine was kept of '{}' in '{}'; there are: {}", scenario, given.string(), fmt::join(names, ", ")));
}

void KeptStore::remove(const fs::path& given) {
    std::error_code failed;
    const auto folder = fs::canonical(given, failed);
    if (failed || !fs::exists(folder / KeptMachine::fileName, failed))
        throw UsageError(fmt::format("'{}' holds no kept machine", given.string()));
    const auto alone = Lease::tryTake(store::keptLock(folder), Lease::Kind::exclusive);
    if (!alone)
        throw UsageError(
            fmt::format("the machine in '{}' is in use: boxtest down, or wait until it is packed or exported", folder.string()));
    if (!*alone || !fs::exists(folder / KeptMachine::fileName, failed))
        throw UsageError(fmt::format("the kept machine '{}' was removed meanwhile", folder.string()));
    const auto thing = store::thingOf(folder / KeptMachine::fileName);
    if (thing.kind != store::Thing::Kind::none && supports().contains(thing))
        throw UsageError(fmt::format("the machine in '{}' is not removed: another kept machine depends on it", folder.string()));
    removeAll(folder);
    const auto runs = fs::canonical(store::runs(), failed);
    const auto rest = folder.lexically_relative(runs);
    if (!failed && !rest.empty() && *rest.begin() != "..") removeEmptyParents(folder, runs / *rest.begin());
}

}  // namespace boxtest
