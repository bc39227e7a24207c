#include "template/KeptStore.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "base/Error.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// A scenario's name may hold slashes: a folder in folders.
void collect(const fs::path& below, std::vector<KeptMachine>& into) {
    std::error_code failed;
    constexpr auto passOver = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(below, passOver, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (entry->path().filename() != KeptMachine::fileName) continue;
        try {
            into.push_back(KeptMachine::load(entry->path().parent_path()));
        } catch (const Error&) {
            // Of another version, or half removed.
        }
    }
}

}  // namespace

fs::path KeptStore::importFolder() { return cacheFolder() / "imported"; }

std::vector<KeptMachine> KeptStore::all() {
    std::vector<KeptMachine> found;
    for (const auto& run : entriesOf(cacheFolder() / "runs")) collect(run / "kept", found);
    for (const auto& one : entriesOf(importFolder()))
        if (!one.filename().string().starts_with('.')) collect(one, found);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.when > b.when; });
    return found;
}

KeptMachine KeptStore::find(const std::string& what) {
    if (fs::exists(fs::path(what) / KeptMachine::fileName)) return KeptMachine::load(what);
    std::set<std::string> names;
    for (auto& kept : all()) {
        if (kept.scenario == what) return kept;
        names.insert(kept.scenario);
    }
    if (names.empty()) throw UsageError(fmt::format("no machine was kept of '{}', nor of any other scenario", what));
    throw UsageError(fmt::format("no machine was kept of '{}'; there are: {}", what, fmt::join(names, ", ")));
}

void KeptStore::remove(const KeptMachine& kept) {
    const FileDescriptor folder(::open(kept.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) throw SystemError(fmt::format("cannot open '{}'", kept.folder.string()), errno);
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0)
        throw UsageError(fmt::format("the machine in '{}' is in use: boxtest down", kept.folder.string()));
    std::error_code failed;
    fs::remove_all(kept.folder, failed);
    if (failed) throw SystemError(fmt::format("cannot remove '{}'", kept.folder.string()), failed.value());
    // The folders that held nothing else.
    for (auto parent = kept.folder.parent_path(); parent != cacheFolder() && parent.filename() != "runs";
         parent = parent.parent_path()) {
        if (!fs::is_empty(parent, failed) || failed || !fs::remove(parent, failed)) break;
    }
}

}  // namespace boxtest
