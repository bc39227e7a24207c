#include "store/RunFolder.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <vector>

#include "base/Error.hpp"
#include "base/Files.hpp"
#include "base/Folders.hpp"
#include "store/Store.hpp"

namespace boxtest {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t oldRuns = 10;
/// Longest wait for another process that creates a folder or renames an old one.
constexpr auto listBudget = std::chrono::minutes(1);

bool keepsMachine(const fs::path& run) { return !entriesOf(run / "kept").empty(); }

/// Renames the folder of a run to a hidden name, unless the run goes on or one of its kept machines is in use. Returns false when
/// the folder stays.
bool takeAway(const fs::path& run, const fs::path& to) {
    const auto alone = Lease::tryTake(store::runLock(run), Lease::Kind::exclusive);
    if (!alone || !*alone) return false;
    std::vector<Lease> machines;
    for (const auto& kept : store::keptBelow(run / "kept")) {
        auto lease = Lease::tryTake(store::keptLock(kept), Lease::Kind::exclusive);
        if (!lease) return false;
        machines.push_back(std::move(*lease));
    }
    std::error_code failed;
    fs::rename(run, to, failed);
    return !failed;
}

/// Renames old runs to hidden names, and returns the folders to remove. The caller holds the lease on the list of runs.
std::vector<fs::path> takeOldAway(const fs::path& parent) {
    std::vector<fs::path> runs, away;
    for (auto& path : entriesOf(parent)) {
        const auto name = path.filename().string();
        // A killed process has begun to remove it.
        if (name.starts_with(".removing."))
            away.push_back(std::move(path));
        else if (!name.starts_with('.'))
            runs.push_back(std::move(path));
    }
    // Newest first: the names begin with the time.
    std::reverse(runs.begin(), runs.end());
    std::size_t plain = 0, withMachine = 0;
    for (const auto& run : runs) {
        auto& count = keepsMachine(run) ? withMachine : plain;
        auto to = parent / (".removing." + run.filename().string());
        if (++count > oldRuns && takeAway(run, to)) away.push_back(std::move(to));
    }
    return away;
}

/// Creates a folder under a name that no other process has, in this or another PID namespace.
fs::path makeFolder(const fs::path& parent) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const auto name = fmt::format("{:%Y%m%d-%H%M%S}-{}", fmt::gmtime(now), ::getpid());
    for (int number = 1;; ++number) {
        const auto path = parent / (number == 1 ? name : fmt::format("{}-{}", name, number));
        if (::mkdir(path.c_str(), 0700) == 0) return path;
        if (errno != EEXIST) throw SystemError(fmt::format("cannot make the folder '{}'", path.string()), errno);
    }
}

}  // namespace

RunFolder::RunFolder() {
    const auto parent = store::runs();
    files::makeFolders(parent);
    std::vector<fs::path> away;
    {
        NullLog quiet;
        const auto list = Lease::wait(store::listOfRunsLock(), Lease::Kind::exclusive, "another boxtest that begins a run", quiet,
                                      nullptr, Deadline::in(listBudget));
        path_ = makeFolder(parent);
        auto lease = Lease::tryTake(store::runLock(path_), Lease::Kind::exclusive);
        if (!lease || !*lease) throw SystemError(fmt::format("cannot lock '{}'", path_.string()), EWOULDBLOCK);
        lease_ = std::move(*lease);
        away = takeOldAway(parent);
    }
    std::error_code failed;
    for (const auto& one : away) fs::remove_all(one, failed);
}

bool RunFolder::isWorthKeeping() const noexcept {
    try {
        if (keepsMachine(path_) || !entriesOf(attachments()).empty()) return true;
        const auto entries = entriesOf(path_);
        return std::ranges::any_of(entries, [](const auto& entry) { return files::isFile(entry) && files::size(entry) > 0; });
    } catch (const std::exception&) {
        // The content is unknown: the folder is kept.
        return true;
    }
}

RunFolder::~RunFolder() {
    std::error_code failed;
    if (!isWorthKeeping()) fs::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot tidy up '%s': %s\n", path_.c_str(), failed.message().c_str());
}

}  // namespace boxtest
