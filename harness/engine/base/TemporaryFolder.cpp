#include "base/TemporaryFolder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "base/Error.hpp"
#include "base/Folders.hpp"

namespace boxtest {

namespace fs = std::filesystem;

namespace {

/// Suffix of folders that are locked while they are in use. (Other programs and earlier versions do not lock their folders.)
constexpr std::string_view mark = ".tmp";
constexpr std::string_view wildcard = "XXXXXX";
constexpr std::string_view prefix = "boxtest-";

FileDescriptor openFolder(const fs::path& path) {
    return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

fs::path makeFolder(const std::string& parent, std::string_view purpose) {
    std::string pattern = parent + "/" + std::string(prefix) + std::string(purpose) + "." + std::string(wildcard);
    if (!::mkdtemp(pattern.data())) throw SystemError("cannot make a temporary folder '" + pattern + "'", errno);
    return pattern;
}

/// The folder is locked before it gets its final name: removeStale() removes unlocked folders with such a name.
fs::path makeLockedFolder(const std::string& parent, std::string_view purpose, FileDescriptor& lock) {
    const auto made = makeFolder(parent, purpose);
    lock = openFolder(made);
    const auto name = made.string() + std::string(mark);
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || ::rename(made.c_str(), name.c_str()) != 0) {
        const int failed = errno;
        ::rmdir(made.c_str());
        throw SystemError("cannot lock the temporary folder '" + made.string() + "'", failed);
    }
    return name;
}

/// "boxtest-tunnel.AbCdEf.tmp"
bool isLockedKind(const std::string& name) {
    if (!name.starts_with(prefix) || !name.ends_with(mark)) return false;
    const auto dot = name.rfind('.', name.size() - mark.size() - 1);
    return dot != std::string::npos && name.size() - mark.size() - dot - 1 == wildcard.size();
}

void removeStale(const std::string& parent) {
    for (const auto& entry : entriesOf(parent)) {
        if (!isLockedKind(entry.filename().string())) continue;
        const auto folder = openFolder(entry);
        struct stat found {};
        if (!folder || ::fstat(folder.get(), &found) != 0 || found.st_uid != ::geteuid()) continue;
        if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) continue;
        std::error_code failed;
        fs::remove_all(entry, failed);
    }
}

}  // namespace

TemporaryFolder::TemporaryFolder(std::string_view purpose, const fs::path& parent)
    : path_(makeFolder(parent.string(), purpose)) {}

TemporaryFolder::TemporaryFolder(std::string_view purpose) {
    const char* configured = std::getenv("TMPDIR");
    std::string parent = configured && *configured ? configured : "/tmp";
    constexpr std::size_t roomForSocketName = 60;
    // Characters with a meaning in the settings of other programs: a comma separates hosts, OpenSSH expands %.
    const bool plain = parent.find_first_of(",%\"'$\\\n") == std::string::npos;
    if (!plain || parent.size() + purpose.size() > 107 - roomForSocketName || ::access(parent.c_str(), W_OK | X_OK) != 0)
        parent = "/tmp";
    removeStale(parent);
    path_ = makeLockedFolder(parent, purpose, lock_);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        lock_ = std::move(other.lock_);
    }
    return *this;
}

TemporaryFolder::~TemporaryFolder() { remove(); }

void TemporaryFolder::remove() noexcept {
    if (path_.empty()) return;
    std::error_code failed;
    std::filesystem::remove_all(path_, failed);
    if (failed) std::fprintf(stderr, "boxtest: cannot remove '%s': %s\n", path_.c_str(), failed.message().c_str());
    path_.clear();
    lock_.reset();
}

}  // namespace boxtest
