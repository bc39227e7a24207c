#include "template/TemplateStore.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Poll.hpp"

namespace boxtest {

namespace fs = std::filesystem;

TemplateStore::TemplateStore(fs::path folder) : folder_(std::move(folder)) {
    std::error_code failed;
    fs::create_directories(folder_, failed);
    if (!failed) fs::permissions(folder_, fs::perms::owner_all, failed);
    if (failed) throw SystemError(fmt::format("cannot make the folder of templates '{}'", folder_.string()), failed.value());
}

FileDescriptor TemplateStore::open(const std::string& key) const {
    const auto file = folder_ / (key + ".lock");
    FileDescriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) throw SystemError(fmt::format("cannot open '{}'", file.string()), errno);
    return lock;
}

FileDescriptor TemplateStore::lock(const std::string& key, int kind, Log& log, const FailureLatch& failure,
                                   Deadline deadline) const {
    const auto begun = std::chrono::steady_clock::now();
    auto held = open(key);
    while (::flock(held.get(), kind | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            throw SystemError(fmt::format("cannot lock the template {}", key.substr(0, 12)), errno);
        const auto what = kind == LOCK_SH ? "another boxtest that builds the template" : "other users of the template";
        if (deadline.expired()) throw TimeoutError(fmt::format("timed out waiting for {}", what));
        log.waiting(what, std::chrono::steady_clock::now() - begun);
        pauseBetweenTries(std::chrono::milliseconds(100), deadline, &failure);
    }
    return held;
}

FileDescriptor TemplateStore::lockShared(const std::string& key, Log& log, const FailureLatch& failure, Deadline deadline) const {
    return lock(key, LOCK_SH, log, failure, deadline);
}

FileDescriptor TemplateStore::lockExclusive(const std::string& key, Log& log, const FailureLatch& failure,
                                            Deadline deadline) const {
    return lock(key, LOCK_EX, log, failure, deadline);
}

std::optional<FileDescriptor> TemplateStore::tryLock(const std::string& key, int kind) const {
    auto held = open(key);
    if (::flock(held.get(), kind | LOCK_NB) != 0) return std::nullopt;
    return held;
}

std::optional<FileDescriptor> TemplateStore::tryLockExclusive(const std::string& key) const { return tryLock(key, LOCK_EX); }
std::optional<FileDescriptor> TemplateStore::tryLockShared(const std::string& key) const { return tryLock(key, LOCK_SH); }

std::vector<std::string> TemplateStore::keys(const fs::path& folder) {
    std::vector<std::string> keys;
    constexpr std::string_view building = ".building.";
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        if (!entry.is_directory()) continue;
        auto name = entry.path().filename().string();
        if (name.starts_with(building)) name.erase(0, building.size());
        if (std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(std::move(name));
    }
    return keys;
}

std::uintmax_t TemplateStore::sizeOf(const fs::path& folder) {
    std::uintmax_t size = 0;
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
        struct stat found {};
        if (::lstat(entry.path().c_str(), &found) == 0) size += static_cast<std::uintmax_t>(found.st_blocks) * 512;
    }
    return size;
}

}  // namespace boxtest
