#include "base/TemporaryFolder.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "base/Error.hpp"

namespace boxtest {

namespace {

std::filesystem::path makeFolder(const std::string& parent, std::string_view purpose) {
    std::string pattern = parent + "/boxtest-" + std::string(purpose) + ".XXXXXX";
    if (!::mkdtemp(pattern.data())) throw SystemError("cannot make a temporary folder '" + pattern + "'", errno);
    return pattern;
}

}  // namespace

TemporaryFolder::TemporaryFolder(std::string_view purpose, const std::filesystem::path& parent)
    : path_(makeFolder(parent.string(), purpose)) {}

TemporaryFolder::TemporaryFolder(std::string_view purpose) {
    const char* configured = std::getenv("TMPDIR");
    std::string parent = configured && *configured ? configured : "/tmp";
    constexpr std::size_t roomForSocketName = 60;
    if (parent.size() + purpose.size() > 107 - roomForSocketName) parent = "/tmp";
    path_ = makeFolder(parent, purpose);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
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
}

}  // namespace boxtest
